import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { fromBaidu, fromGcj } from './shifted';

const gcoord = createRequire(import.meta.url)('gcoord') as typeof import('gcoord').default;

test.each([
  [106.55, 29.56],
  [105.3, 28.4],
  [109.9, 31.9],
  [116.39, 39.9],
] as const)('%f %f comes back from what the public maps say', (lng, lat) => {
  const gcj = gcoord.transform([lng, lat], gcoord.WGS84, gcoord.GCJ02);
  const baidu = gcoord.transform([lng, lat], gcoord.WGS84, gcoord.BD09);
  expect(Math.hypot(gcj[0]! - lng, gcj[1]! - lat)).toBeGreaterThan(0.001);
  for (const [x, y] of [fromGcj(gcj as [number, number]), fromBaidu(baidu as [number, number])]) {
    expect(x).toBeCloseTo(lng, 5);
    expect(y).toBeCloseTo(lat, 5);
  }
});
