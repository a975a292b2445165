import { AsyncLocalStorage } from 'node:async_hooks';

/** For whom something is done: whom the fair queues (`turns.ts`) count by. */
export interface Client {
  /** The account, the key, or the address of somebody nobody knows. */
  readonly id: string;
  /** Whom nobody knows shares one turn with all others like that, and has a share with them. */
  readonly anonymous: boolean;
  /** Aborted when the client hangs up: what it waits for is given up. Null: the work is done, whoever leaves. */
  readonly signal: AbortSignal | null;
  /** Does what needs no turn, and gives the turn to others meanwhile. */
  readonly aside?: <T>(work: () => Promise<T>) => Promise<T>;
}

/** What the platform does of its own accord, or for all: one among the clients, but without a limit. */
export const PLATFORM: Client = { id: '', anonymous: false, signal: null };

const clients = new AsyncLocalStorage<Client>();

/** For whom the running code works. */
export const currentClient = (): Client => clients.getStore() ?? PLATFORM;

/** Runs `work`, and all that it begins, for this client. */
export const runFor = <T>(client: Client, work: () => T): T => clients.run(client, work);

/** For what is begun on a client's behalf and kept for others: it goes on when that client leaves. */
export const runForAll = <T>(work: () => T): T => clients.run(PLATFORM, work);

/** For waiting that costs nothing: on a timer, or on what the client sends. Others have the client's turn as long as it lasts. */
export function stepAside<T>(work: () => Promise<T>): Promise<T> {
  const { aside } = currentClient();
  return aside ? aside(work) : work();
}

/** The client hung up while it waited: nobody is there to be told. */
export class ClientLeft extends Error {
  constructor() {
    super('the client has left');
  }
}

/** @throws ClientLeft */
export function throwIfLeft({ signal } = currentClient()): void {
  if (signal?.aborted) throw new ClientLeft();
}
