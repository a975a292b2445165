import type { FieldAsk, GrantGiven, PolicyCheck } from '@yutu/contract';
import type { Area } from '../access/areas.js';
import type { LevelCaps } from '../catalogue/catalogue.js';
import { type Action, defaultForm } from '../catalogue/definition.js';
import type { Layer } from '../catalogue/layers.js';
import { actionWords, levelWords } from '../catalogue/words.js';
import { addMonths } from './asks.js';

export interface Asked {
  actions: readonly Action[];
  fields: readonly FieldAsk[];
  area: Area | null;
  from: string | null;
  until: string | null;
}

const ownUse: readonly string[] = ['discover', 'edit'];
const isGiven = (action: Action): action is GrantGiven['actions'][number] => !ownUse.includes(action);
const list = (actions: readonly string[], language: 0 | 1) =>
  actions.map((a) => actionWords[a as Action]?.[language] ?? a).join(language === 0 ? '、' : ', ') || '—';

/** The form of a field that nobody named. */
const unnamedForm = (layer: Layer, name: string) => {
  const field = layer.fields.find((f) => f.name === name);
  return field && defaultForm(field);
};

/** Fields asked for as values though the policy offers them masked or as codes first. */
const tooOpen = (layer: Layer, fields: readonly FieldAsk[]) =>
  fields.filter((f) => f.form === 'value' && unnamedForm(layer, f.name) !== 'value');

/** @param caps what a grant of the layer's security level may give at most */
export function policyChecks(layer: Layer, asked: Asked, today: string, caps: LevelCaps): PolicyCheck[] {
  const { policy } = layer;
  const personal = tooOpen(layer, asked.fields);
  const extra = asked.actions.filter((a) => !policy.actions.includes(a));
  const longest = addMonths(today, policy.maxMonths);
  const termOk = asked.until !== null && asked.until <= longest;
  const days = asked.until === null ? 0 : Math.round((Date.parse(asked.until) - Date.parse(longest)) / 86_400_000);
  const capped = asked.actions.filter((a) => caps.actions !== null && !caps.actions.includes(a));
  const capEnd = caps.maxMonths === null ? null : addMonths(today, caps.maxMonths);
  const tooLong = capEnd !== null && asked.until !== null && asked.until > capEnd;
  const divisions = asked.area?.divisions?.length ?? 0;
  return [
    {
      item: 'area',
      askedZh: asked.area ? (divisions ? `${divisions} 个区县：${asked.area.labelZh}` : asked.area.labelZh) : '全市',
      askedEn: asked.area ? (divisions ? `${divisions} districts: ${asked.area.labelEn}` : asked.area.labelEn) : 'whole city',
      allowedZh: layer.policy.conditionZh ?? '限于事项涉及的范围',
      allowedEn: layer.policy.conditionEn ?? 'the area the matter concerns',
      // Whether the districts are the matter's is nothing that is known here.
      ok: asked.area === null ? false : null,
      excessZh: asked.area ? null : '未限定范围',
      excessEn: asked.area ? null : 'no area named',
    },
    {
      item: 'fields',
      askedZh: `${asked.fields.length} 个`,
      askedEn: `${asked.fields.length}`,
      allowedZh: '个人信息字段先给去标识代码',
      allowedEn: 'personal fields as de-identified code first',
      ok: personal.length === 0,
      excessZh: personal.length ? `超 ${personal.length} 个` : null,
      excessEn: personal.length ? `${personal.length} too many` : null,
    },
    {
      item: 'actions',
      askedZh: list(asked.actions, 0),
      askedEn: list(asked.actions, 1),
      allowedZh: list(
        policy.actions.filter((a) => !ownUse.includes(a)),
        0,
      ),
      allowedEn: list(
        policy.actions.filter((a) => !ownUse.includes(a)),
        1,
      ),
      ok: extra.length === 0,
      excessZh: extra.length ? `超${list(extra, 0)}` : null,
      excessEn: extra.length ? `beyond: ${list(extra, 1)}` : null,
    },
    {
      item: 'term',
      askedZh: asked.until ? `至 ${asked.until}` : '—',
      askedEn: asked.until ? `until ${asked.until}` : '—',
      allowedZh: `最长 ${policy.maxMonths} 个月`,
      allowedEn: `at most ${policy.maxMonths} months`,
      ok: termOk,
      excessZh: termOk ? null : `超 ${days} 天`,
      excessEn: termOk ? null : `${days} days over`,
    },
    {
      item: 'security',
      askedZh: levelWords[layer.securityLevel][0],
      askedEn: levelWords[layer.securityLevel][1],
      allowedZh: `${caps.actions ? list(caps.actions, 0) : '不限操作'}；${caps.maxMonths === null ? '不限期限' : `最长 ${caps.maxMonths} 个月`}`,
      allowedEn: `${caps.actions ? list(caps.actions, 1) : 'any action'}; ${caps.maxMonths === null ? 'any term' : `at most ${caps.maxMonths} months`}`,
      ok: capped.length === 0 && !tooLong,
      excessZh: capped.length > 0 ? `超${list(capped, 0)}` : tooLong ? `至多到 ${capEnd}` : null,
      excessEn: capped.length > 0 ? `beyond: ${list(capped, 1)}` : tooLong ? `${capEnd} at the latest` : null,
    },
  ];
}

/** What was asked, narrowed to the policy: the decision form starts from it. */
export function suggestion(layer: Layer, asked: Asked, today: string): GrantGiven {
  const longest = addMonths(today, layer.policy.maxMonths);
  const open = new Set(tooOpen(layer, asked.fields).map((f) => f.name));
  return {
    actions: asked.actions.filter(isGiven).filter((a) => layer.policy.actions.includes(a)),
    fields: asked.fields.flatMap((f): FieldAsk[] => {
      const form = open.has(f.name) ? unnamedForm(layer, f.name) : f.form;
      return form ? [{ name: f.name, form }] : [];
    }),
    rows: null,
    area: asked.area
      ? asked.area.divisions
        ? { divisions: asked.area.divisions }
        : { polygon: asked.area.geometry, name: asked.area.name ?? undefined }
      : null,
    from: asked.from && asked.from > today ? asked.from : today,
    until: asked.until && asked.until < longest ? asked.until : longest,
  };
}
