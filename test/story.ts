import type { AccountChange } from '@yutu/contract';
import { expect } from 'vitest';
import type { AreaInput, GrantInput, RequestInput, ShareRequest } from '../web/src/api/types.js';
import type { Caller } from './harness.js';

/** Steps that several tests take: asking for a layer, deciding, revoking. Each checks that it was answered as it should be. */

/** A date so many months (and days) from today, in the instance's zone. */
export function day(months: number, days = 0): string {
  const [year, month, date] = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' })
    .format(new Date())
    .split('-')
    .map(Number) as [number, number, number];
  const lastOfMonth = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, lastOfMonth) + days)).toISOString().slice(0, 10);
}

/** The inner districts the story is about; every one of them has parcels. */
export const inner = { yuzhong: '500103', dadukou: '500104', jiangbei: '500105', shapingba: '500106', jiulongpo: '500107' };

/** What the planner asks for in the story. */
export const parcelsWish: RequestInput = {
  layer: 'parcels',
  purpose: '轨道交通沿线用地核查',
  actions: ['view', 'query', 'api'],
  fields: ['code', 'land_use', 'right_type', 'area_m2', 'district_code', 'district_name', 'simulated'].map((name) => ({
    name,
    form: 'value' as const,
  })),
  area: { divisions: [inner.yuzhong, inner.jiangbei, inner.shapingba] },
  from: day(0),
  until: day(6, -1),
};

/** What the steward gives: two districts, `right_type` left out, three months, no download. */
export const parcelsGift: GrantInput = {
  actions: ['view', 'query', 'api'],
  fields: ['code', 'land_use', 'area_m2', 'district_code', 'district_name', 'simulated'].map((name) => ({
    name,
    form: 'value' as const,
  })),
  area: { divisions: [inner.yuzhong, inner.jiangbei] },
  from: day(0),
  until: day(3),
};

export async function ask(caller: Caller, wish: RequestInput): Promise<ShareRequest> {
  const answer = await caller.post('/api/requests', wish);
  expect([answer.status, answer.text.slice(0, 400)]).toEqual([201, expect.any(String)]);
  return answer.json;
}

export async function grantNarrower(
  steward: Caller,
  request: string,
  grant: GrantInput,
  reason = '仅限业务所需范围',
): Promise<ShareRequest> {
  const answer = await steward.post(`/api/requests/${request}/decision`, { outcome: 'narrower', reason, grant });
  expect([answer.status, answer.text.slice(0, 400)]).toEqual([200, expect.any(String)]);
  return answer.json;
}

export async function revoke(steward: Caller, grant: string, reason = '业务已办结'): Promise<void> {
  const answer = await steward.delete(`/api/grants/${grant}`, { reason });
  expect([answer.status, answer.text.slice(0, 400)]).toEqual([200, expect.any(String)]);
}

/** Asks and has it granted in one go; returns the grant's id. */
export async function share(asker: Caller, steward: Caller, wish: RequestInput, gift?: GrantInput): Promise<string> {
  let request = await ask(asker, wish);
  if (request.status === 'submitted') {
    if (gift) request = await grantNarrower(steward, request.id, gift);
    else {
      const answer = await steward.post(`/api/requests/${request.id}/decision`, { outcome: 'granted' });
      expect([answer.status, answer.text.slice(0, 400)]).toEqual([200, expect.any(String)]);
      request = answer.json;
    }
  }
  const id = request.grant?.id;
  if (!id) throw new Error(`request ${request.id} ended without a grant: ${request.status}`);
  return id;
}

/** What the caller may confirm of an account, or made itself. */
export async function changesOf(caller: Caller, username: string): Promise<AccountChange[]> {
  const answer = await caller.get('/api/account-changes');
  expect([answer.status, answer.text.slice(0, 200)]).toEqual([200, expect.any(String)]);
  return answer.json.changes.filter((one: AccountChange) => one.username === username);
}

/** Confirms what waits of an account; returns the token of the sheet that comes with it, if one does. */
export async function confirmChanges(by: Caller, username: string, ...kinds: AccountChange['kind'][]): Promise<string | null> {
  let token: string | null = null;
  const waiting = (await changesOf(by, username)).filter(({ kind }) => kinds.length === 0 || kinds.includes(kind));
  expect(waiting.map(({ can }) => can)).toEqual(waiting.map(() => ['confirm', 'decline']));
  expect(waiting.length).toBeGreaterThanOrEqual(Math.max(1, kinds.length));
  for (const { id } of waiting) {
    const done = await by.post(`/api/account-changes/${id}/confirm`, {});
    expect([done.status, done.text.slice(0, 200)]).toEqual([200, expect.any(String)]);
    token = done.json.sheet?.token ?? token;
  }
  return token;
}

/** Every feature of a listing, following `next` to the last page. */
export async function allItems(
  caller: Caller,
  path: string,
): Promise<{ features: Feature[]; numberMatched: number; pages: number }> {
  const features: Feature[] = [];
  let numberMatched = -1;
  let pages = 0;
  let next: string | undefined = path;
  while (next) {
    const answer = await caller.get(next);
    expect([next, answer.status, answer.status === 200 ? '' : answer.text]).toEqual([next, 200, '']);
    const page = answer.json;
    expect(page.numberReturned).toBe(page.features.length);
    if (numberMatched < 0) numberMatched = page.numberMatched;
    features.push(...page.features);
    next = page.links.find((link: { rel: string }) => link.rel === 'next')?.href;
    pages += 1;
    if (pages > 2000) throw new Error('next never ends');
  }
  return { features, numberMatched, pages };
}

/** Every vertex of a geometry, however deep. */
export function vertices({ geometry }: Pick<Feature, 'geometry'>): [lon: number, lat: number][] {
  const flat = [geometry.coordinates].flat(Number.POSITIVE_INFINITY) as number[];
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!]);
}

export function boxOf(feature: Pick<Feature, 'geometry'>): [west: number, south: number, east: number, north: number] {
  const xs = vertices(feature).map(([x]) => x);
  const ys = vertices(feature).map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

export interface Feature {
  type: 'Feature';
  id: number;
  geometry: { type: string; coordinates: unknown };
  properties: Record<string, unknown>;
}

export type { AreaInput, GrantInput, RequestInput, ShareRequest };
