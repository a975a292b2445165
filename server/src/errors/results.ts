import { entry } from './entry.js';

/** Faults of overlays and checks. */
export const resultErrors = {
  polygon_too_small: entry(
    422,
    '红线范围太小',
    'Polygon too small',
    (v) => `“${v.titleZh}”的套合范围（每一部分）不得小于 ${v.least} 平方米，这里有 ${v.area} 平方米的部分。`,
    (v) => `An overlay of "${v.titleEn}" takes parts of at least ${v.least} m²; here is one of ${v.area} m².`,
  ),
  polygon_too_narrow: entry(
    422,
    '红线范围太窄',
    'Polygon too narrow',
    (v) => `“${v.titleZh}”的套合范围（每一部分）平均宽度不得小于 ${v.least} 米，这里有宽 ${v.width} 米的部分。`,
    (v) => `An overlay of "${v.titleEn}" takes parts at least ${v.least} m wide on average; here is one of ${v.width} m.`,
  ),
  overlay_too_large: entry(
    422,
    '范围内要素太多',
    'Too many features',
    (v) => `这个范围内有超过 ${v.most} 个要素，请分成几块套合。`,
    (v) => `More than ${v.most} features lie in this polygon. Overlay it in parts.`,
  ),
  asked_too_often: entry(
    429,
    '请求过于频繁',
    'Asked too often',
    (v) => `这里的次数和数据量在一段时间内有限，请 ${v.seconds} 秒后再试。`,
    (v) => `There is a limit to how often and how much may be asked here within a time. Try again in ${v.seconds} seconds.`,
  ),
};
