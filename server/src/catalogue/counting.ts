import type { InstanceSettings } from './catalogue.js';
import type { ExtractionPolicy } from './definition.js';
import type { Layer } from './layers.js';

/** What of a layer counts as drawn, and up to which limit. */
export type Counting = Pick<Layer, 'policy' | 'disclosure' | 'securityLevel'>;
type Instance = Pick<InstanceSettings, 'extraction'>;

/** How much one organisation may draw; null: as much as it likes. What is open to the public is nobody's secret, and a level may have no limits. */
export const extractionOf = (layer: Counting, instance: Instance): ExtractionPolicy | null =>
  layer.disclosure === 'proactive' ? null : (layer.policy.extraction ?? instance.extraction.levels[layer.securityLevel]);

/** From this zoom of tiles on their features count as drawn. */
export const countingZoomOf = (layer: Pick<Layer, 'policy'>, instance: Instance): number =>
  layer.policy.countingZoom ?? instance.extraction.zoom;
