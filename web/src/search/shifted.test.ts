import { expect, test } from 'vitest';
import { fromBaidu, fromGcj } from './shifted';

/** Places, and what the public maps say of them (computed with gcoord). */
test.each([
  [
    [106.55, 29.56],
    [106.5537203, 29.5571534],
    [106.5601544, 29.5634609],
  ],
  [
    [105.3, 28.4],
    [105.303316, 28.3966125],
    [105.3098852, 28.4022974],
  ],
  [
    [109.9, 31.9],
    [109.9047899, 31.8976762],
    [109.9112053, 31.9039016],
  ],
  [
    [116.39, 39.9],
    [116.3962395, 39.9014003],
    [116.4026207, 39.9077423],
  ],
] as [place: [number, number], gcj: [number, number], baidu: [number, number]][])(
  '%j comes back from %j and %j',
  (place, gcj, baidu) => {
    for (const [lng, lat] of [fromGcj(gcj), fromBaidu(baidu)]) {
      expect(lng).toBeCloseTo(place[0], 5);
      expect(lat).toBeCloseTo(place[1], 5);
    }
  },
);
