import { loadAreas } from '../access/areas.js';
import type { Access } from '../access/decide.js';
import { requireKnown } from '../access/require.js';
import type { View } from '../access/view.js';
import { today } from '../catalogue/calendar.js';
import { classOf, type Layer } from '../catalogue/layers.js';
import { actionWords } from '../catalogue/words.js';
import { fail } from '../errors/fail.js';
import { type Caller, hasRole, isStewardOf } from '../identity/caller.js';
import { type GrantRow, grantsWhere, requestsWhere } from './load.js';
import type { RequestRooms } from './rooms.js';
import { callerOfSubject, type PresentedSubject } from './subject.js';

type User = Extract<Caller, { kind: 'user' }>;

const formWords = { masked: ['脱敏', 'masked'], code: ['代码', 'as a code'] } as const;
const sourceWords: Record<Exclude<View['source'], 'grant'>, [zh: string, en: string]> = {
  own: ['本单位自己的图层', 'it is the organisation’s own layer'],
  public: ['图层主动公开', 'the layer is open to the public'],
  base: ['基础图层，各单位均可使用', 'it is a base layer, open to every organisation'],
};

const listZh = (items: readonly string[]) => items.join('、');
const listEn = (items: readonly string[]) => items.join(', ');

/** How exactly a view shows, in words; null: as it is. */
function exactness(view: View): [zh: string, en: string] | null {
  const parts: [string, string][] = [];
  if (view.maxZoom !== null) parts.push([`地图只到第 ${view.maxZoom} 级`, `map down to zoom ${view.maxZoom} only`]);
  if (view.precision) {
    const { kind, metres } = view.precision;
    const words = {
      grid: [`位置取整到 ${metres} 米`, `positions rounded to ${metres} m`],
      cell: [`只显示所在的 ${metres} 米格网`, `only the ${metres} m cell it lies in`],
      point: [`只显示 ${metres} 米格网的中心点`, `only the middle of its ${metres} m cell`],
    } as const;
    parts.push([...words[kind]]);
  }
  return parts.length === 0 ? null : [parts.map((p) => p[0]).join('，'), parts.map((p) => p[1]).join(', ')];
}

interface Origin {
  grant: {
    id: string;
    by: string;
    byNameZh: string;
    byNameEn: string;
    at: string;
    reason: string | null;
    kind: GrantRow['kind'];
  } | null;
  request: { id: string; number: string } | null;
}

/**
 * What a subject sees of a layer and which grant, request and decision that comes from, in plain sentences.
 * For the stewards of the layer's owner, auditors and security administrators.
 * @throws `layer_not_found`, `role_required`, `parameter_invalid`
 */
export async function explain(rooms: RequestRooms, user: User, layerId: string, subject: string) {
  const { catalogue, decisions, db } = rooms;
  const layer = requireKnown(catalogue, decisions, user, layerId);
  if (!isStewardOf(user, layer.owner) && !hasRole(user, 'auditor', 'security')) fail('role_required', { role: 'steward' });
  const { caller, presented } = await callerOfSubject(db, catalogue, subject, rooms.timezone);
  const access = decisions.of(caller, layer);
  const origins = await originsOf(rooms, access);
  const areas = await loadAreas(
    db,
    access.views.flatMap((v) => v.area?.id ?? []),
  );
  const fieldOf = (name: string) => layer.fields.find((f) => f.name === name)!;
  const views = access.views.map((view) => {
    const origin = origins.get(view.grant ?? '') ?? { grant: null, request: null, row: null };
    const area = view.area && areas.get(view.area.id);
    const exact = exactness(view);
    const fields = [...view.fields].map(([name, form]) => {
      const { titleZh, titleEn } = fieldOf(name);
      return { name, titleZh, titleEn, form };
    });
    const actions = [...view.actions].filter((a) => a !== 'discover');
    const last = view.until === null ? null : today(rooms.timezone, new Date(view.until - 1));
    const name = (f: (typeof fields)[number], language: 0 | 1) => {
      const title = language === 0 ? f.titleZh : f.titleEn;
      return f.form === 'value'
        ? title
        : language === 0
          ? `${title}（${formWords[f.form][0]}）`
          : `${title} (${formWords[f.form][1]})`;
    };
    const whyZh =
      view.source === 'grant'
        ? origin.request
          ? `依据申请 ${origin.request.number}`
          : `依据 ${origin.grant?.byNameZh ?? ''} 的授权`
        : sourceWords[view.source][0];
    const whyEn =
      view.source === 'grant'
        ? origin.request
          ? `by request ${origin.request.number}`
          : `by a grant of ${origin.grant?.byNameEn ?? ''}`
        : sourceWords[view.source][1];
    const rows = origin.row?.rows ?? null;
    const sentenceZh = [
      `可${listZh(actions.map((a) => actionWords[a][0]))}`,
      area ? `范围限于${area.labelZh}` : '范围不限',
      ...(rows ? [`只含满足“${rows}”的要素`] : []),
      fields.length ? `字段：${listZh(fields.map((f) => name(f, 0)))}` : '不含属性字段',
      ...(exact ? [exact[0]] : []),
      ...(last ? [`至 ${last}`] : []),
      whyZh,
    ].join('；');
    const sentenceEn = [
      `May ${listEn(actions.map((a) => actionWords[a][1]))}`,
      area ? `within ${area.labelEn}` : 'everywhere',
      ...(rows ? [`only features for which ${rows}`] : []),
      fields.length ? `fields: ${listEn(fields.map((f) => name(f, 1)))}` : 'no attributes',
      ...(exact ? [exact[1]] : []),
      ...(last ? [`until ${last}`] : []),
      whyEn,
    ].join('; ');
    return {
      source: view.source,
      actions,
      fields,
      rows,
      areaZh: area?.labelZh ?? null,
      areaEn: area?.labelEn ?? null,
      maxZoom: view.maxZoom,
      precision: view.precision,
      until: last,
      sentenceZh: `${sentenceZh}。`,
      sentenceEn: `${sentenceEn}.`,
      grant: origin.grant,
      request: origin.request,
    };
  });
  const leftOut = Math.max(0, ...[...new Set(views.flatMap((v) => v.actions))].map((a) => access.for(a).leftOut));
  const shown = new Set(views.flatMap((v) => v.fields.map((f) => f.name)));
  const [sentenceZh, sentenceEn] = await conclusion(rooms, layer, access, presented, views, leftOut);
  return {
    layer: { id: layer.id, titleZh: layer.titleZh, titleEn: layer.titleEn },
    caller: { key: subject, titleZh: presented.titleZh, titleEn: presented.titleEn },
    discover: access.discover,
    actions: [...new Set(views.flatMap((v) => v.actions))],
    paused: access.paused,
    leftOut,
    views,
    hidden: layer.fields.filter((f) => !shown.has(f.name)).map(({ name, titleZh, titleEn }) => ({ name, titleZh, titleEn })),
    sentenceZh,
    sentenceEn,
  };
}

async function originsOf(rooms: RequestRooms, access: Access): Promise<Map<string, Origin & { row: GrantRow }>> {
  const ids = access.views.flatMap((v) => v.grant ?? []);
  if (ids.length === 0) return new Map();
  const rows = await grantsWhere(rooms.db, 'g.id = any($1::uuid[])', [ids]);
  const requests = new Map(
    (await requestsWhere(rooms.db, 'r.id = any($1::uuid[])', [rows.flatMap((r) => r.request ?? [])])).map((r) => [r.id, r]),
  );
  const people = await rooms.db.query<{ username: string; nameZh: string; nameEn: string }>(
    `select username, name_zh as "nameZh", name_en as "nameEn" from yutu.account where username = any($1::text[])`,
    [rows.map((r) => r.grantedBy)],
  );
  const names = new Map(people.map((p) => [p.username, p]));
  return new Map(
    rows.map((row) => {
      const request = row.request === null ? undefined : requests.get(row.request);
      const { id, grantedBy: by, grantedAt: at, kind } = row;
      return [
        id,
        {
          row,
          grant: {
            id,
            by,
            byNameZh: names.get(by)?.nameZh ?? by,
            byNameEn: names.get(by)?.nameEn ?? by,
            at,
            reason: request?.reason ?? row.purpose,
            kind,
          },
          request: request ? { id: request.id, number: request.number } : null,
        },
      ];
    }),
  );
}

/** One sentence: what is seen, or why nothing. */
async function conclusion(
  rooms: RequestRooms,
  layer: Layer,
  access: Access,
  who: PresentedSubject,
  views: readonly { sentenceZh: string; sentenceEn: string }[],
  leftOut: number,
): Promise<[zh: string, en: string]> {
  const says = (zh: string, en: string): [string, string] => [`${who.titleZh}${zh}`, `${who.titleEn} ${en}`];
  if (!access.discover) return says('不知道有这个图层。', 'does not know that this layer exists.');
  if (access.paused === 'quota') return says('的授权用量已用完，暂时看不到。', 'has used up its quota and sees nothing for now.');
  if (access.paused === 'deaf')
    return says('暂时看不到：本节点收不到授权变更。', 'is given nothing for now: this node does not hear of changed rights.');
  if (access.paused === 'extraction')
    return says('提取量超限，已暂停。', 'has drawn more than the limit allows and is given nothing for now.');
  if (leftOut > 0)
    return says(
      `有 ${views.length} 项依据，其中 ${leftOut} 项因内容各不相同、数量过多而没有显示；请合并授权。`,
      `sees what ${views.length} rules and grants give together, but for ${leftOut} that are too many and too different to be shown: put grants together.`,
    );
  if (views.length === 1) return says(views[0]!.sentenceZh, `– ${views[0]!.sentenceEn}`);
  if (views.length > 1)
    return says(`有 ${views.length} 项依据，合并可见。`, `sees what ${views.length} rules and grants give together.`);
  if (classOf(layer) === 'withheld')
    return says(
      `只能看到目录信息：图层不予共享（${layer.groundZh}）。`,
      `sees metadata only: the layer is withheld (${layer.groundEn ?? layer.groundZh}).`,
    );
  const [ended] =
    who.kind === 'organisation'
      ? await grantsWhere(rooms.db, 'g.grantee = $1 and g.layer = $2 and (g.revoked_at is not null or g.until_date < $3::date)', [
          who.id,
          layer.id,
          today(rooms.timezone),
        ])
      : [];
  if (ended?.revokedAt)
    return says(
      `看不到要素：授权已于 ${today(rooms.timezone, new Date(ended.revokedAt))} 收回（${ended.revokedReason}）。`,
      `sees no features: its grant was revoked on ${today(rooms.timezone, new Date(ended.revokedAt))} (${ended.revokedReason}).`,
    );
  if (ended) return says(`看不到要素：授权已于 ${ended.until} 到期。`, `sees no features: its grant expired on ${ended.until}.`);
  return says('只能看到目录信息：没有授权，可以申请。', 'sees metadata only: it has no grant and may ask for one.');
}
