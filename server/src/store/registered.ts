import type { LayerDefinition } from '../catalogue/definition.js';
import type { Layer } from '../catalogue/layers.js';
import { fail } from '../errors/fail.js';
import type { Note } from '../incoming/note.js';

/**
 * A layer's table, its snapshots and its grants rely on its fields, geometry type and coordinate system.
 * @throws `import_invalid` naming what a definition says otherwise than the layer is registered
 */
export function refuseOther(present: Layer, d: LayerDefinition): void {
  const found = differences(present, d);
  if (found.length === 0) return;
  fail('import_invalid', {
    whyZh: `图层 ${d.id} 的登记与此不同，不能只换数据：${found.map(({ zh }) => zh).join('；')}`,
    whyEn: `Layer ${d.id} is registered otherwise, so its data alone cannot be replaced: ${found.map(({ en }) => en).join('; ')}`,
  });
}

function differences(present: Layer, d: LayerDefinition): Note[] {
  const found: Note[] = [];
  const other = (zh: string, en: string, is: unknown, not: unknown) =>
    is !== not && found.push({ zh: `${zh}为 ${is}，不是 ${not}`, en: `${en} is ${is}, not ${not}` });
  if (present.owner !== d.owner)
    found.push({
      zh: `图层属于“${present.owner}”，不属于“${d.owner}”`,
      en: `it belongs to "${present.owner}", not to "${d.owner}"`,
    });
  other('几何类型', 'its geometry type', present.geometryType, d.geometryType);
  other('坐标系', 'its coordinate system', `EPSG:${present.srid}`, `EPSG:${d.srid}`);
  const given = new Map(d.fields.map((f) => [f.name, f.type]));
  for (const { name, type } of present.fields) {
    const wanted = given.get(name);
    if (wanted === undefined) found.push({ zh: `定义中缺少字段“${name}”`, en: `the definition lacks its field "${name}"` });
    else other(`字段“${name}”的类型`, `its field "${name}"`, type, wanted);
    given.delete(name);
  }
  for (const name of given.keys()) found.push({ zh: `图层没有字段“${name}”`, en: `it has no field "${name}"` });
  return found;
}
