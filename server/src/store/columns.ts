import { columnOf } from '../catalogue/column.js';
import { type Layer, tableOf } from '../catalogue/layers.js';
import type { Queryable } from '../db/database.js';
import { fail } from '../errors/fail.js';
import type { Note } from '../incoming/note.js';

/** What lets a delivery through though it loses something. */
export interface Words {
  /** Properties that the layer has no field for are left out. */
  ignoreNew?: boolean;
  /** Fields of which the file has no value become empty. */
  leaveEmpty?: boolean;
}

/** Whether a delivery’s properties are the layer’s fields: which have no field, and of which fields there is no value. */
export class Columns {
  private readonly known: ReadonlySet<string>;
  private readonly extra = new Set<string>();
  private readonly without: Set<string>;

  constructor(private readonly layer: Layer) {
    const names = layer.fields.map((f) => f.name);
    this.known = new Set(names);
    this.without = new Set(names);
  }

  /** Takes one feature in. @param values as they will be stored, in the order of the layer's fields */
  see(properties: Record<string, unknown> | null, values: readonly unknown[]): void {
    for (const name of Object.keys(properties ?? {})) if (!this.known.has(name)) this.extra.add(name);
    if (this.without.size === 0) return;
    for (const [i, { name }] of this.layer.fields.entries()) if (values[i] !== null) this.without.delete(name);
  }

  /**
   * @returns what is lost with leave
   * @throws `import_invalid` naming all that would be lost, and the words that let it through
   */
  async settle(q: Queryable, { ignoreNew = false, leaveEmpty = false }: Words): Promise<Note[]> {
    const extra = [...this.extra];
    const emptied = await this.filled(q, [...this.without]);
    const zh: string[] = [];
    const en: string[] = [];
    if (extra.length > 0 && !ignoreNew) {
      const named = extra.map((name) => ({ name, like: this.like(name) }));
      zh.push(
        `有图层没有的属性：${named.map(({ name, like }) => `“${name}”${like ? `（是否应为“${like}”？）` : ''}`).join('、')}；加 --ignore-new 可略去这些属性`,
      );
      en.push(
        `it holds properties that the layer has no field for: ${named.map(({ name, like }) => `"${name}"${like ? ` (did you mean "${like}"?)` : ''}`).join(', ')}; --ignore-new leaves them out`,
      );
    }
    if (emptied.length > 0 && !leaveEmpty) {
      zh.push(`字段${quotedZh(emptied)}没有任何值；加 --leave-empty 可将其清空`);
      en.push(
        `it has no values of its field${emptied.length > 1 ? 's' : ''} ${quoted(emptied)}; --leave-empty empties ${emptied.length > 1 ? 'them' : 'it'}`,
      );
    }
    if (zh.length > 0)
      fail('import_invalid', {
        whyZh: `文件与图层 ${this.layer.id} 的字段不符：${zh.join('；')}`,
        whyEn: `The file does not fit the fields of layer ${this.layer.id}: ${en.join('; ')}`,
      });
    return [
      ...(extra.length > 0 ? [{ zh: `略去：${quotedZh(extra)}`, en: `left out: ${quoted(extra)}` }] : []),
      ...(emptied.length > 0 ? [{ zh: `清空：${quotedZh(emptied)}`, en: `left empty: ${quoted(emptied)}` }] : []),
    ];
  }

  /** Those of the fields that have a value now. */
  private async filled(q: Queryable, names: readonly string[]): Promise<string[]> {
    if (names.length === 0) return [];
    const some = names.map(
      (name, i) => `exists (select from ${tableOf(this.layer)} where ${columnOf(name)} is not null) as c${i}`,
    );
    const [row] = await q.query<Record<string, boolean>>(`select ${some.join(', ')}`);
    return names.filter((_, i) => row?.[`c${i}`]);
  }

  /** The field that is called so but for case, width, or how accents are encoded. */
  private like(name: string): string | undefined {
    return [...this.known].find((field) => plain(field) === plain(name));
  }
}

const plain = (name: string): string => name.normalize('NFKC').toLowerCase().trim();
const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
const quotedZh = (names: readonly string[]): string => names.map((name) => `“${name}”`).join('、');
