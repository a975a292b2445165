import { type LayerDefinition, layerDefinition } from './definition.js';
import type { Layer } from './layers.js';

type Wish = Partial<LayerDefinition> &
  Partial<Pick<Layer, 'version' | 'featureCount' | 'extent' | 'codeSalt' | 'withheldConfirmedAt'>>;

/** For tests: a closed layer of land parcels with every sort of field, as it stands in the catalogue. */
export function exampleLayer({
  version = 1,
  featureCount = 5,
  extent = [106, 29, 107, 30],
  codeSalt = 'salt',
  withheldConfirmedAt = '2026-01-01T00:00:00Z',
  ...wish
}: Wish = {}): Layer {
  const title = (name: string) => ({ name, titleZh: name, titleEn: name });
  const definition = layerDefinition.parse({
    id: 'parcels',
    titleZh: '宗地',
    titleEn: 'Parcels',
    kind: 'thematic',
    theme: 'land',
    owner: 'planning',
    sharingClass: 'conditional',
    disclosure: 'none',
    geometryType: 'polygon',
    fields: [
      { ...title('code'), type: 'text', class: 'conditional' },
      { ...title('area_m2'), type: 'double', class: 'conditional' },
      { ...title('term_end'), type: 'date', class: 'conditional', sensitivity: 'internal' },
      { ...title('holder'), type: 'text', class: 'conditional', sensitivity: 'personal', forms: ['code', 'value'] },
      { ...title('phone'), type: 'text', class: 'conditional', sensitivity: 'personal', forms: [] },
    ],
    ...(wish.sharingClass === 'withheld' && { groundKind: 'law', groundZh: '法', groundEn: 'law' }),
    ...wish,
  });
  return {
    ...definition,
    schemaName: 'org_planning',
    tableName: definition.id,
    version,
    featureCount,
    extent,
    codeSalt,
    lastUpdateKind: null,
    lastEdit: null,
    withheldConfirmedAt,
  };
}
