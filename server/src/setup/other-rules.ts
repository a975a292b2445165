import { canonicalJson } from '../audit/chain.js';
import type { LayerDefinition } from '../catalogue/definition.js';
import { fail } from '../errors/fail.js';

/** What of a definition decides who sees what, as it can be compared. */
const rulesOf = (d: LayerDefinition): [name: string, value: string][] => [
  ...(['sharingClass', 'disclosure', 'discoverable', 'securityLevel'] as const).map((name): [string, string] => [
    name,
    String(d[name]),
  ]),
  ['policy', canonicalJson(d.policy)],
  ...d.fields.flatMap((f): [string, string][] => [
    [`${f.name}.sensitivity`, f.sensitivity],
    [`${f.name}.class`, f.class],
    [`${f.name}.forms`, f.forms.join(', ')],
  ]),
];

/**
 * New data leave the layer's registration as it is: a definition that says otherwise would be taken for what holds by now.
 * @throws `import_invalid`
 */
export function refuseOtherRules(present: LayerDefinition, given: LayerDefinition): void {
  const registered = new Map(rulesOf(present));
  const other = rulesOf(given).find(([name, value]) => registered.has(name) && registered.get(name) !== value);
  if (!other) return;
  const [name, value] = other;
  const now = registered.get(name);
  fail('import_invalid', {
    whyZh: `图层 ${present.id} 登记的 ${name} 是 ${now}，定义文件写的是 ${value}；换数据不改登记`,
    whyEn: `Layer ${present.id} is registered with ${name} "${now}" and the definition says "${value}": new data do not change that`,
  });
}
