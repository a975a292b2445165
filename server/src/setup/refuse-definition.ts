import type { z } from 'zod';
import { MOST_NAME } from '../catalogue/definition.js';
import { fail } from '../errors/fail.js';

type Words = [zh: string, en: string];

/** What the parts of a definition must be, by their path without positions. */
const rules: Record<string, Words> = {
  id: [
    '图层标识由小写字母、数字和下划线组成，以字母开头，最多 48 个字符，且不能是 change',
    'The layer’s id is lower-case letters, digits and _, starting with a letter, at most 48, and not "change"',
  ],
  titleZh: ['标题为 1 到 40 个字', 'The title has 1 to 40 characters'],
  titleEn: ['英文标题为 1 到 60 个字符', 'The English title has 1 to 60 characters'],
  fields: ['字段最多 200 个，名称各不相同', 'There are at most 200 fields, no two of the same name'],
  time: ['time 须是图层的日期或时间字段', 'time names date or timestamp fields of the layer'],
  keyField: ['keyField 须是图层的文本或整数字段', 'keyField names a text or whole-number field of the layer'],
  'zooms.rank': ['zooms.rank 须是一个数值字段，且是公开字段', 'zooms.rank names a number field of sensitivity "public"'],
  'zooms.counts': [
    '只有点图层能计数（zooms.counts），且不能另有名为 point_count 的字段',
    'zooms.counts is for layers of points that have no field called point_count',
  ],
  groundKind: [
    '不予共享的图层须写明依据：groundKind 为 law（法律）、regulation（行政法规）或 state_council（国务院决定），并在 groundZh、groundEn 写明条款',
    'A withheld layer names its ground: groundKind is law, regulation or state_council, and groundZh and groundEn name the clause',
  ],
  'policy.answerDays': [
    '答复期限为 1 到 10 个工作日，无条件共享的图层为 1 个工作日',
    'An answer takes 1 to 10 working days, and 1 for a layer that is shared unconditionally',
  ],
  'fields.name': [
    `字段名为 1 到 ${MOST_NAME} 个字符，不能只有空白，不含控制字符`,
    `A field’s name has 1 to ${MOST_NAME} characters, not only blanks, and no control characters`,
  ],
};

/** @throws `import_invalid` with the first thing that is wrong with a layer's definition, always */
export function refuseDefinition({ issues }: z.ZodError): never {
  const { path, message } = issues[0]!;
  const [zh, en] = rules[path.filter((p) => typeof p !== 'number').join('.')] ?? [
    '图层定义不符合要求',
    `The definition of the layer is not as it must be: ${message}`,
  ];
  // Positions count from 1, as people do.
  const at = path.map((p) => (typeof p === 'number' ? p + 1 : String(p))).join('.');
  fail('import_invalid', { whyZh: `${zh}（${at}）`, whyEn: `${en} (${at})` });
}
