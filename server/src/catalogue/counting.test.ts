import { expect, it } from 'vitest';
import { emptyInstance } from './catalogue.js';
import { countingZoomOf, extractionOf } from './counting.js';
import { exampleLayer } from './testing.js';

const extraction = { rows: 10, share: null, km2: null, days: 7, alarm: 0.1, slow: null, stop: 1 };

it('a layer’s own limits and counting zoom go before the instance’s, and what is open to the public has none', () => {
  const { sensitive } = emptyInstance.extraction.levels;
  const layer = exampleLayer({ securityLevel: 'sensitive' });
  expect([extractionOf(layer, emptyInstance), countingZoomOf(layer, emptyInstance)]).toEqual([sensitive, 12]);
  const own = { ...layer, policy: { ...layer.policy, extraction, countingZoom: 9 } };
  expect([extractionOf(own, emptyInstance), countingZoomOf(own, emptyInstance)]).toEqual([extraction, 9]);
  expect(extractionOf({ ...own, disclosure: 'proactive' }, emptyInstance)).toBeNull();
});
