/** What is held back for a while though it was granted: the guard fills this in, decisions ask it. */
export interface Holds {
  /** Rises whenever an answer changes. */
  readonly version: number;
  /** Whether a grant's quota is used up: what it gives is not given until it refills. */
  exhausted(grant: string): boolean;
  /** Whether an organisation has drawn so much of a layer that it is slowed down, or given nothing more. */
  extraction(organisation: string, layer: string): 'none' | 'slow' | 'stop';
  /** Whether rights may have changed without our knowing: then only what is open to all is given. */
  readonly deaf: boolean;
}

export const nothingHeld: Holds = { version: 0, exhausted: () => false, extraction: () => 'none', deaf: false };
