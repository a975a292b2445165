import type { Note } from '../incoming/note.js';

type Loss = 'empty' | 'height' | 'digits' | 'long' | 'nested' | 'id';

const words: Record<Loss, (many: string, field: string) => Note> = {
  empty: (many) => ({
    zh: `${many}的图形是空的，按没有图形保存`,
    en: `empty geometries are kept as none: ${many}`,
  }),
  height: (many) => ({
    zh: `${many}的高程（坐标的第三个数及其后）未保存`,
    en: `heights, and what else follows longitude and latitude, were left out: ${many}`,
  }),
  digits: (many, field) => ({
    zh: `${many}的“${field}”小数位数过多，已取最接近的双精度数`,
    en: `fractions of "${field}" have more digits than a double keeps; the nearest double was taken: ${many}`,
  }),
  long: (many, field) => ({
    zh: `${many}的“${field}”超过 15 位数字，按文本原样保存`,
    en: `numbers of "${field}" have more digits than a number keeps and are kept as text, digit by digit: ${many}`,
  }),
  nested: (many, field) => ({
    zh: `${many}的“${field}”是列表或对象，按 JSON 文本保存`,
    en: `lists and objects of "${field}" are kept as JSON text: ${many}`,
  }),
  id: (many) => ({
    zh: `${many}自带的 id 未保存，平台另编要素编号；需要保留请放在属性里`,
    en: `the file’s own feature ids were not kept, features have ids of the platform; to keep them make them a property: ${many}`,
  }),
};

/** What of features coming in is kept otherwise than it was, or not at all: how often, and where first. */
export class Losses {
  private readonly seen = new Map<string, { loss: Loss; field: string; count: number; first: number }>();

  add(loss: Loss, feature: number, field = ''): void {
    const key = `${loss} ${field}`;
    const known = this.seen.get(key);
    if (known) known.count++;
    else this.seen.set(key, { loss, field, count: 1, first: feature });
  }

  notes(): Note[] {
    return [...this.seen.values()].map(({ loss, field, count, first }) => {
      const zh = count === 1 ? `第 ${first} 个要素` : `${count} 个要素（首个为第 ${first} 个）`;
      const en = count === 1 ? `feature ${first}` : `${count} features, the first is feature ${first}`;
      return { zh: words[loss](zh, field).zh, en: words[loss](en, field).en };
    });
  }
}
