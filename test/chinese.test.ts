import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, test } from 'vitest';

/** Latin words that a Chinese sentence may hold: names and formats, units, commands, and what is typed into the API or a definition. */
const ALLOWED = new Set(
  [
    'API ArcGIS CGCS2000 CRS84 EPSG Esri GCJ-02 GeoJSON JSON MapLibre GL OGC QGIS TileJSON TopoJSON WFS WGS Web FeatureCollection Feature',
    'Big5 CSV GB18030 UTF-8 UTF-16 UTC PEM BEGIN CERTIFICATE RFC TOTP SSE mTLS HTTP https ETag If-Match GeometryCollection Alt',
    'A B E kB MB m GeoNames IATA landuse',
    'yutu account reset audit verify as-of encoding ignore-new key leave-empty none replace theme title TIMEZONE',
    // members, parameters and their values
    'active disabled mine inbox true false null sub id filter datetime bbox next features geometries op args code',
    'change counts zooms rank time keyField point_count groundKind groundZh groundEn law regulation state_council json geojson',
    // CQL2
    'AND OR IN LIKE BETWEEN in like casei accenti S_CROSSES S_TOUCHES S_OVERLAPS S_EQUALS S_INTERSECTS',
  ]
    .join(' ')
    .split(' '),
);

const files = (...globs: string[]) =>
  execFileSync('git', ['ls-files', ...globs], { encoding: 'utf8' })
    .trim()
    .split('\n');
const HAN = /\p{Script=Han}/u;
const LATIN = /[A-Za-z][A-Za-z0-9_]*(?:-[A-Za-z0-9]+)*/g;

/** The Chinese of a text: of `中文 / English` the one half, without placeholders, addresses and patterns; an English one that quotes Chinese has none. */
function chinese(text: string): string[] {
  return text.split(/ \/ (?=[A-Za-z$…\d])|\n/).filter((part) => {
    const han = part.match(/\p{Script=Han}/gu)?.length ?? 0;
    return han > (part.replace(/\{\{.*?\}\}/g, '').match(/[A-Za-z]{2,}/g)?.length ?? 0) && !part.includes('\\');
  });
}

const foreign = (text: string): string[] =>
  chinese(text).flatMap((part) =>
    (part.replace(/\{\{.*?\}\}|https?:\S+/g, '').match(LATIN) ?? []).filter((word) => !ALLOWED.has(word)),
  );

/** Texts of a source, placeholders as `…`, with what is put into them. */
function* texts(file: string): Generator<{ at: string; text: string; put: string[] }> {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: ts.Node[] = [source];
  for (let node = found.pop(); node !== undefined; node = found.pop()) {
    const at = `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
    if (ts.isStringLiteralLike(node) || ts.isJsxText(node)) yield { at, text: node.text, put: [] };
    else if (ts.isTemplateExpression(node)) {
      const spans = node.templateSpans;
      yield {
        at,
        text: node.head.text + spans.map((s) => `…${s.literal.text}`).join(''),
        put: spans.map((s) => s.expression.getText()),
      };
    }
    ts.forEachChild(node, (child) => void found.push(child));
  }
}

const sources = files('server/src', 'contract/src', 'tiles/src', 'web/src').filter(
  (file) =>
    /\.tsx?$/.test(file) &&
    !/\.test\.|\/testing|openapi\/(examples|document)|contract\/src\/story|search\/coordinates/.test(file),
);

test('Chinese sentences hold no English words but names, units and what is typed', () => {
  const wrong: string[] = [];
  let sentences = 0;
  for (const file of sources)
    for (const { at, text } of texts(file)) {
      if (chinese(text).length > 0) sentences++;
      const words = foreign(text);
      if (words.length > 0) wrong.push(`${at} ${words.join(', ')}: ${text.slice(0, 120)}`);
    }
  expect(wrong).toEqual([]);
  expect(sentences).toBeGreaterThan(1500);
});

test('no Chinese sentence is filled with the English words of an error', () => {
  const wrong = sources.flatMap((file) =>
    [...texts(file)]
      .filter(({ text, put }) => chinese(text).length > 0 && put.some((p) => /\.message\b|\.en\b|\bwhyEn\b/.test(p)))
      .filter(({ text }) => !text.includes(' / '))
      .map(({ at, text }) => `${at} ${text}`),
  );
  expect(wrong).toEqual([]);
});

test('what the instance says in Chinese is Chinese', () => {
  const wrong: string[] = [];
  const visit = (file: string, value: unknown, name = ''): void => {
    if (typeof value === 'string' && name.endsWith('Zh') && HAN.test(value)) {
      const words = foreign(value);
      if (words.length > 0) wrong.push(`${file} ${name}: ${value}`);
    } else if (typeof value === 'object' && value !== null)
      for (const [key, member] of Object.entries(value)) visit(file, member, Array.isArray(value) ? name : key);
  };
  for (const file of files('data/chongqing/*.json', 'data/chongqing/layers/*.json'))
    visit(file, JSON.parse(readFileSync(file, 'utf8')));
  expect(wrong).toEqual([]);
});
