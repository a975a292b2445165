/** What TypeScript needs to know of stages.js, which Node runs as it is. */
export interface Stage {
  name: string;
  kind: string;
  project?: string;
  engine?: string;
  scope?: string;
  programs?: string[][];
  lacks?: (string | undefined)[];
}
export type Lacks = Record<'postgis' | 'gdal' | 'chromium', string | undefined>;
export const changedByTheEngine: string[];
export function stagesOf(options: { deep: boolean; lacks: Lacks }): Stage[];
export function reachedBy(files: string[]): Set<string>;
export function changedFiles(): string[];
export function lacks(): Promise<Lacks>;
