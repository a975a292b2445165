import { expect, it } from 'vitest';
import { page } from './embed-page';

const layer = {
  id: 'wells',
  extent: { spatial: { bbox: [[106, 29, 107, 30]] as [number, number, number, number][] } },
  yutu: { geometryType: 'point' as const },
};

it('draws the layer by its TileJSON, where it lies', () => {
  const code = page(layer, 'https://map.example/api/collections/wells/tilejson?signed=abc');
  const style = JSON.parse(/style: (.*),\n/.exec(code)![1]!);
  expect(style.sources.wells).toEqual({ type: 'vector', url: 'https://map.example/api/collections/wells/tilejson?signed=abc' });
  expect(style.layers[0]).toMatchObject({ source: 'wells', 'source-layer': 'wells', type: 'circle' });
  expect(code).toContain('bounds: [106,29,107,30]');
});

it('nothing in the data ends the script', () => {
  expect(page(layer, 'https://map.example/</script><script>alert(1)').match(/<\/script>/g)).toHaveLength(1);
});
