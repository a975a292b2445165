import type { Catalogue } from '../catalogue/catalogue.js';
import type { SubjectKind } from '../catalogue/subjects.js';
import { isUuid, type Queryable } from '../db/database.js';
import { badParameter } from '../errors/fail.js';
import { anonymous, type Caller, memberOf, roles } from '../identity/caller.js';
import { callersNamed } from '../identity/named.js';
import type { Addressee } from './grant.js';

/** A subject as people read it. */
export interface PresentedSubject {
  kind: SubjectKind;
  id: string | null;
  titleZh: string;
  titleEn: string;
}

const roleNames: Record<string, [zh: string, en: string]> = {
  planner: ['规划人员', 'planners'],
  steward: ['数据管理员', 'stewards'],
  org_admin: ['单位管理员', 'organisation administrators'],
  admin: ['系统管理员', 'system administrators'],
  security: ['安全管理员', 'security administrators'],
  auditor: ['审计管理员', 'auditors'],
};

/** Names a subject without looking further than the catalogue. */
export function presentSubject(catalogue: Catalogue, kind: SubjectKind, id: string | null): PresentedSubject {
  const title = (titleZh: string, titleEn: string) => ({ kind, id, titleZh, titleEn });
  const organisation = (code: string) => catalogue.organisation(code);
  switch (kind) {
    case 'public':
      return title('公众', 'The public');
    case 'any_organisation':
      return title('所有单位', 'Every organisation');
    case 'organisation':
      return title(organisation(id!).titleZh, organisation(id!).titleEn);
    case 'subtree':
      return title(`${organisation(id!).titleZh}及下属单位`, `${organisation(id!).titleEn} and those below it`);
    case 'line':
      return ofLine(catalogue, id!, title);
    case 'role': {
      const [role, at] = id!.split('@') as [string, string | undefined];
      const [zh, en] = roleNames[role] ?? [role, role];
      return at
        ? title(`${organisation(at).titleZh}的${zh}`, `${en} of ${organisation(at).titleEn}`)
        : title(`所有${zh}`, `All ${en}`);
    }
    case 'person':
      return title(`账号 ${id}`, `Account ${id}`);
    case 'key':
      return title(`密钥 ${id!.slice(0, 8)}`, `Key ${id!.slice(0, 8)}`);
  }
}

/**
 * A caller who is the subject, for looking at what it sees: `public`, `organisation:<id>` (any of its people), `person:<name>`,
 * `role:<role>@<organisation>`, `key:<id>`.
 * @throws `parameter_invalid`
 */
export async function callerOfSubject(
  q: Queryable,
  catalogue: Catalogue,
  subject: string,
  timezone: string,
): Promise<{ caller: Caller; presented: PresentedSubject }> {
  const unknown = (): never =>
    badParameter('caller', '没有这个对象', 'there is no such subject', [
      'public',
      'organisation:<id>',
      'person:<name>',
      'role:<role>@<organisation>',
      'key:<id>',
    ]);
  const [kind, id] = [subject.split(':', 1)[0]!, subject.includes(':') ? subject.slice(subject.indexOf(':') + 1) : null];
  const presented = (of: SubjectKind) => presentSubject(catalogue, of, id);
  if (kind === 'public' && id === null) return { caller: anonymous, presented: presented('public') };
  if (id === null) return unknown();
  if (kind === 'organisation' && catalogue.organisations.has(id))
    return { caller: memberOf(id, ['planner']), presented: presented('organisation') };
  if (kind === 'role') {
    const [role, at] = id.split('@') as [string, string | undefined];
    const known = roles.find((r) => r === role);
    if (known && at !== undefined && catalogue.organisations.has(at))
      return { caller: memberOf(at, [known]), presented: presented('role') };
  }
  if (kind === 'person' || kind === 'key') {
    const wanted = kind === 'person' ? 'user' : 'key';
    const caller = (await callersNamed(q, id, timezone)).find((c) => c.kind === wanted && (c.kind === 'user' || c.keyId === id));
    if (caller) return { caller, presented: presented(kind) };
  }
  return unknown();
}

/** A line is known by one of its bureaus and how many they are. */
function ofLine<T>(catalogue: Catalogue, line: string, title: (zh: string, en: string) => T): T {
  const bureaus = [...catalogue.organisations.values()].filter((o) => o.line === line);
  const [first] = bureaus;
  if (!first) return title(`条线“${line}”`, `The line "${line}"`);
  return title(
    `${first.titleZh}等同条线 ${bureaus.length} 个单位`,
    `${first.titleEn} and its like in all districts (${bureaus.length})`,
  );
}

/** A subject as it was written, checked: it must exist. @throws `parameter_invalid` */
export async function readSubject(
  q: Queryable,
  catalogue: Catalogue,
  { kind, id }: { kind: SubjectKind; id?: string | undefined },
): Promise<Addressee> {
  const unknown = (): never => badParameter('subject.id', '没有这个授权对象', 'there is no such subject');
  if (kind === 'public' || kind === 'any_organisation') {
    if (id !== undefined) badParameter('subject.id', '这类对象不用写标识', 'subjects of this kind have no id');
    return { kind, id: null, grantee: null };
  }
  if (id === undefined) badParameter('subject.id', '请写明授权对象', 'say whom it addresses');
  switch (kind) {
    case 'organisation':
    case 'subtree':
      return catalogue.organisations.has(id) ? { kind, id, grantee: id } : unknown();
    case 'line':
      return [...catalogue.organisations.values()].some((o) => o.line === id) ? { kind, id, grantee: null } : unknown();
    case 'role': {
      const [role, at] = id.split('@') as [string, string | undefined];
      if (!roles.some((r) => r === role) || (at !== undefined && !catalogue.organisations.has(at))) unknown();
      return { kind, id, grantee: at ?? null };
    }
    case 'person': {
      const [row] = await q.query<{ organisation: string }>(
        'select organisation from yutu.account where username = $1 and not disabled',
        [id],
      );
      return row ? { kind, id, grantee: row.organisation } : unknown();
    }
    case 'key': {
      const [row] = isUuid(id)
        ? await q.query<{ organisation: string }>(
            'select organisation from yutu.api_key where id = $1::uuid and revoked_at is null',
            [id],
          )
        : [];
      return row ? { kind, id, grantee: row.organisation } : unknown();
    }
  }
}
