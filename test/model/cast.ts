import { Caller, type Place, signIn, startYutu, underneath, withKey, type Yutu } from '../harness.js';

/** Who acts, in the demonstration: its people as real accounts, and an administrator of two organisations. */
export const people = [
  'planner',
  'steward-transport',
  'org-transport',
  'steward-emergency',
  'org-civil',
  'admin',
  'security',
  'auditor',
] as const;

/** Whose accounts are administered: nobody who acts or undoes, for sessions end by it. */
export const administered = ['steward', 'steward-civil', 'steward-water', 'steward-police'] as const;
/** Those who undo what a sequence did. */
export const undoing = ['undo-emergency', 'undo-civil', 'undo-security'] as const;
const added = [
  ['org-transport', 'transport', 'org_admin'],
  ['org-civil', 'civil', 'org_admin'],
  ['undo-emergency', 'emergency', 'steward'],
  ['undo-civil', 'civil', 'steward'],
  ['undo-security', 'authority', 'security'],
] as const;

/** A Yutu of the demonstration whose accounts are nobody's demonstration: what is refused for those is tried in earnest. */
export async function startCity(): Promise<Yutu> {
  const demo = await startYutu();
  await demo.stop();
  await underneath(demo, async (query) => {
    for (const [name, organisation, role] of added)
      await query(
        `insert into yutu.account select (jsonb_populate_record(a, jsonb_build_object('username', $1::text, 'organisation', $2::text,
           'roles', jsonb_build_array($3::text)))).* from yutu.account a where a.username = 'planner'`,
        [name, organisation, role],
      );
    await query('update yutu.account set demo = false');
  });
  return demo.again({ SECOND_FACTOR: 'off' });
}

/** What is looked at: a closed layer with a personal field, and one that may not be discovered. */
export const looked = ['hazard_points', 'petition_sites'] as const;

/** Somebody's credentials, and all that they have come by. */
export class Hands {
  readonly callers: Caller[] = [];
  /** Ids found in answers: what a path may name. */
  readonly ids = new Set<string>();

  constructor(private readonly place: Place) {}

  static async of(place: Place, name: string): Promise<Hands> {
    const hands = new Hands(place);
    hands.callers.push(await signIn(place, name));
    return hands;
  }

  /** Takes what an answer tells: ids, secrets of keys, and one-time tokens, which are used at once. */
  async take(answer: unknown, username: string | null = null): Promise<void> {
    if (answer === null || typeof answer !== 'object') return;
    const name = (answer as { username?: unknown }).username;
    const whose =
      typeof name === 'string' ? name : ((answer as { account?: { username?: string } }).account?.username ?? username);
    for (const [member, value] of Object.entries(answer)) {
      if (typeof value === 'string') {
        if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value)) this.ids.add(value);
        if (value.startsWith('yt_')) this.callers.push(withKey(this.place, value));
        const token = member === 'token' ? value : /#([\w-]{20,})$/.exec(value)?.[1];
        if (token && whose) await this.enter(whose, token);
      } else await this.take(value, whose);
    }
  }

  /** Lets go of ids, and of all credentials but the person's own and the latest. */
  forget(): void {
    this.ids.clear();
    this.callers.splice(1, Math.max(0, this.callers.length - 4));
  }

  /** Sets a password by a link and signs in with it. */
  private async enter(username: string, token: string): Promise<void> {
    const password = 'drei-Woerter-genuegen-9';
    const set = await new Caller(this.place.url).post('/api/account/reset', { token, password });
    if (set.status === 200) this.callers.push(await signIn(this.place, username, password));
  }

  /** Everything that any of the credentials shows of the layers looked at: how many features, and each field with its form. */
  async sight(): Promise<Map<string, number>> {
    const seen = new Map<string, number>();
    for (const caller of this.callers)
      for (const layer of looked) {
        const answer = await caller.get(`/api/collections/${layer}/items?limit=1`);
        if (answer.status !== 200) continue;
        const { numberMatched, features } = answer.json;
        seen.set(layer, Math.max(numberMatched, seen.get(layer) ?? 0));
        for (const [field, value] of Object.entries(features[0]?.properties ?? {})) seen.set(`${layer}.${field} ${value}`, 1);
      }
    return seen;
  }
}
