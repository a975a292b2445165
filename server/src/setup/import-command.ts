import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isDay } from '@yutu/contract';
import { today } from '../catalogue/calendar.js';
import { type LayerDefinition, layerDefinition } from '../catalogue/definition.js';
import type { Layer } from '../catalogue/layers.js';
import { fail } from '../errors/fail.js';
import { type Encoding, encodings } from '../incoming/encoding.js';
import { importLayer } from '../store/import.js';
import { refuseOther } from '../store/registered.js';
import { type Command, read, required, UsageError } from './arguments.js';
import { GeojsonFile } from './geojson-file.js';
import { inferDefinition } from './infer.js';
import { refuseOtherRules } from './other-rules.js';
import { refuseDefinition } from './refuse-definition.js';

/** @throws `import_invalid` for a file that is no definition of a layer */
async function readDefinition(file: string): Promise<LayerDefinition> {
  const text = await readFile(file, 'utf8');
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    fail('import_invalid', { whyZh: '图层定义不是 JSON', whyEn: 'The definition of the layer is not JSON' });
  }
  const parsed = layerDefinition.safeParse(given);
  return parsed.success ? parsed.data : refuseDefinition(parsed.error);
}

/** What was typed of a layer that is there already, and would be ignored. @throws UsageError */
function refuseIgnored(layer: Layer, { owner, title, theme }: { owner?: string; title?: string; theme?: string }): void {
  if (owner !== undefined && owner !== layer.owner)
    throw new UsageError(
      `Layer "${layer.id}" belongs to "${layer.owner}", not to "${owner}": only its owner replaces it.`,
      `图层“${layer.id}”属于“${layer.owner}”，不属于“${owner}”：只有所属单位能替换它。`,
    );
  const stays = 'A replacement changes features only: leave it out, or register a layer under another id.';
  const staysZh = '替换只换要素：请去掉这一项，或以另一个标识登记新图层。';
  if (title !== undefined && title !== layer.titleZh && title !== layer.titleEn)
    throw new UsageError(
      `--title "${title}": layer "${layer.id}" is called "${layer.titleZh}". ${stays}`,
      `--title “${title}”：图层“${layer.id}”名为“${layer.titleZh}”。${staysZh}`,
    );
  if (theme !== undefined && theme !== layer.theme)
    throw new UsageError(
      `--theme "${theme}": the theme of layer "${layer.id}" is "${layer.theme}". ${stays}`,
      `--theme “${theme}”：图层“${layer.id}”的主题是“${layer.theme}”。${staysZh}`,
    );
}

const unknownOrganisation = (id: string, known: string) =>
  new UsageError(`There is no organisation "${id}". Known: ${known}`, `没有单位“${id}”。已有：${known}`);

export const importCommand: Command = {
  usage: `import <file.geojson> --layer <id> --owner <organisation> [--title <text>] [--theme <code>] [--definition <file.json>]
       [--encoding <name>] [--key <field>] [--as-of YYYY-MM-DD]
import <file.geojson> --layer <id> --replace [--definition <file.json>] [--encoding <name>] [--key <field>|none]
       [--as-of YYYY-MM-DD] [--ignore-new] [--leave-empty]`,
  async run(rooms, args, out, signal) {
    const { usage } = this;
    const { values, positionals } = read(
      args,
      {
        layer: { type: 'string' },
        owner: { type: 'string' },
        title: { type: 'string' },
        theme: { type: 'string' },
        definition: { type: 'string' },
        encoding: { type: 'string' },
        replace: { type: 'boolean' },
        key: { type: 'string' },
        'as-of': { type: 'string' },
        'ignore-new': { type: 'boolean' },
        'leave-empty': { type: 'boolean' },
      },
      usage,
      1,
    );
    const file = resolve(positionals[0]!);
    const id = required(values.layer, 'layer', usage);
    const present = rooms.catalogue.layers.get(id);
    if (present && values.replace) refuseIgnored(present, values);
    const owner = present?.owner ?? required(values.owner, 'owner', usage);
    if (!rooms.catalogue.organisations.has(owner))
      throw unknownOrganisation(owner, [...rooms.catalogue.organisations.keys()].join(', '));
    const encoding = values.encoding as Encoding | undefined;
    if (encoding !== undefined && !encodings.includes(encoding))
      throw new UsageError(`--encoding is one of ${encodings.join(', ')}`, `--encoding 应为 ${encodings.join('、')} 之一`);
    const now = today(rooms.config.timezone);
    const asOf = values['as-of'];
    if (asOf !== undefined && (!isDay(asOf) || asOf > now))
      throw new UsageError(`--as-of is a day that has come, as in ${now}`, `--as-of 应为今天或以前的日期，如 ${now}`);
    const given = await GeojsonFile.open(file, encoding);
    const theme = values.theme ?? rooms.catalogue.instance.themes[0]?.code ?? 'other';
    const definition =
      values.definition !== undefined
        ? await readDefinition(resolve(values.definition))
        : (present ?? (await inferDefinition(id, owner, theme, values.title, given.features(), out)));
    if (present && values.replace && values.definition !== undefined) {
      refuseOther(present, definition);
      refuseOtherRules(present, definition);
    }
    const reading = { read: 0, size: 0 };
    const started = Date.now();
    const report = await importLayer(rooms, asOf ? { ...definition, lastUpdate: asOf } : definition, given.features(reading), {
      actor: 'command line',
      organisation: owner,
      source: positionals[0]!,
      replace: values.replace ?? false,
      timezone: rooms.config.timezone,
      key: values.key === 'none' ? null : values.key,
      declares: asOf ?? now,
      ignoreNew: values['ignore-new'] ?? false,
      leaveEmpty: values['leave-empty'] ?? false,
      signal,
      progress: (n) => {
        const share = reading.size > 0 ? reading.read / reading.size : 1;
        const left = share > 0 ? ((Date.now() - started) / 1000 / share) * (1 - share) : 0;
        const [percent, seconds] = [Math.round(share * 100), Math.ceil(left)];
        if (n % 5000 === 0)
          out({
            zh: `${n} 个要素，${percent} %，约剩 ${seconds} 秒`,
            en: `${n} features, ${percent} %, about ${seconds} s left`,
          });
      },
    });
    for (const note of [...given.notes, ...report.notes]) out(note);
    out({
      zh: `${report.layer}：${report.features} 个要素，版本 ${report.version}`,
      en: `${report.layer}: ${report.features} features, version ${report.version}`,
    });
    return 0;
  },
};
