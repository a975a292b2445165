import { readFileSync } from 'node:fs';
import os from 'node:os';
import { table } from './format.js';

/**
 * docs/performance.md: what people wrote, down to a line that says so, then an overview, then a section for each part with its command,
 * machine and date. A run replaces the sections of its parts and leaves the others.
 */
const WRITTEN = '<!-- From here on written by `npm run bench -- --write`. -->';
const HEAD = ['what', 'to reach', 'measured', 'outcome'];
const opening = (part) => `<!-- ${part} -->`;
const closing = (part) => `<!-- /${part} -->`;
const said = { true: 'reached', false: '**not reached**', null: 'not measured' };

/** One part's section. `verdicts` are rows of [what, figure to reach, figure measured, reached or not or null]. */
export function section(part, { title, command, verdicts, body, load, versions }) {
  const loaded = load[0] > 1 ? '. **Something else ran: read the ratios, not the times**' : '';
  const parts = [
    opening(part),
    `## ${title}`,
    [
      `- Command: \`${command}\`, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
      `- Machine: ${os.cpus().length} cores (${cpuName()}), ${(os.totalmem() / 1024 ** 3).toFixed(0)} GB of memory, ${os.type()} ${os.release()}`,
      `- Versions: Node ${process.versions.node}, PostgreSQL ${versions.server}, PostGIS ${versions.postgis}; JIT off, ${versions.workers} parallel workers a query, shared_buffers ${versions.buffers}`,
      `- Load average before: ${load[0].toFixed(1)}, after (the bench included): ${load[1].toFixed(1)}${loaded}`,
    ].join('\n'),
    ...(verdicts.length > 0
      ? [
          table(
            HEAD,
            verdicts.map(([what, target, value, ok]) => [what, target, value, said[ok]]),
          ),
        ]
      : []),
    body,
    closing(part),
  ];
  return parts.join('\n\n');
}

/** The page with these sections in it, by part; those of other parts stay as they are. `order` lists all parts. */
export function page(old, sections, order) {
  const [kept] = old.split(WRITTEN);
  const all = order.flatMap((part) => sections.get(part) ?? sectionOf(old, part) ?? []);
  return `${kept.trimEnd()}\n\n${WRITTEN}\n\n${overview(all)}\n\n${all.join('\n\n')}\n`;
}

function sectionOf(text, part) {
  const [from, to] = [text.indexOf(opening(part)), text.indexOf(closing(part))];
  return from < 0 || to < from ? null : text.slice(from, to + closing(part).length);
}

/** The verdicts of all sections in one table. */
export function overview(sections) {
  const first = `| ${HEAD.join(' | ')} |`;
  const rows = sections.flatMap((text) => {
    const lines = text.split('\n');
    const at = lines.indexOf(first);
    const end = lines.findIndex((line, i) => i > at && !line.startsWith('|'));
    return at < 0 ? [] : lines.slice(at + 2, end);
  });
  return `## Reached or not\n\n${[first, '| --- | --: | --: | --: |', ...rows].join('\n')}`;
}

export function readPage(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '# Performance\n';
  }
}

const cpuName = () => (os.cpus()[0]?.model ?? 'unknown').replace(/\s+/g, ' ').trim();
