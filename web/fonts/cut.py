#!/usr/bin/env python3
"""Cuts the typefaces' further slices, for what @fontsource/noto-sans-sc and Inter have not: rare Han characters (all of Unicode's basic
block, Extension A, the 通用规范汉字表 and whatever else the face draws), Greek, Roman numerals and signs, Arabic script, Tibetan.

  apt-get install fonts-noto-cjk fonts-noto-core python3-fonttools python3-brotli
  python3 web/fonts/cut.py

Writes web/fonts/slices/*.woff2 and web/fonts/slices.json (file -> the range it is asked for). The faces are under the SIL Open Font License 1.1.
"""
import json
import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

root = pathlib.Path(__file__).resolve().parent
noto = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else '/usr/share/fonts')
SIZE = 220  # characters of a slice: some 50 kB, fetched when one of them is drawn
GAP = 0x400
SC = 2  # place of Simplified Chinese in the collection


def parse(text):
    for part in text.split(','):
        start, _, end = part.strip().removeprefix('U+').partition('-')
        yield from range(int(start, 16), int(end or start, 16) + 1)


def ranges(points):
    """Spans, small gaps left in: what lies there is in the slices that are asked first (web/src/theme/fonts.ts), or nowhere."""
    runs = []
    for point in sorted(points):
        if runs and point <= runs[-1][1] + GAP:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return [f'U+{a:X}' if a == b else f'U+{a:X}-{b:X}' for a, b in runs]


def find(name):
    return next(noto.rglob(name))


def cut(path, points, name, number=0, layout=()):
    options = subset.Options(flavor='woff2', layout_features=list(layout), font_number=number, notdef_outline=True)
    options.desubroutinize = True
    options.hinting = False
    options.name_IDs = [0, 1, 2, 13, 14]  # whose it is, and under what licence
    font = subset.load_font(str(path), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    subset.save_font(font, str(root / 'slices' / f'{name}.woff2'), options)
    slices[f'{name}.woff2'] = ranges(points)


known = json.loads((root / '../../node_modules/@fontsource/noto-sans-sc/unicode.json').read_text())
drawn = {point for text in known.values() for point in parse(text)}
slices = {}
(root / 'slices').mkdir(exist_ok=True)
for old in (root / 'slices').glob('*.woff2'):
    old.unlink()

han = find('NotoSansCJK-Regular.ttc')
covered = set(TTFont(han, fontNumber=SC).getBestCmap())
# Hangul has eleven thousand syllables and no place here; private and Latin characters are others' business
missing = sorted(p for p in covered - drawn if p >= 0x370 and not (0x1100 <= p <= 0x11FF or 0xAC00 <= p <= 0xD7FF or 0xE000 <= p <= 0xF8FF))
signs = [p for p in missing if p < 0x2E80]
rest = [p for p in missing if p >= 0x2E80]
cut(han, signs, 'signs', SC)
for i in range(0, len(rest), SIZE):
    part = rest[i : i + SIZE]
    cut(han, part, f'han-{part[0]:x}', SC)

for file, name, blocks in (
    ('NotoSansArabic-Regular.ttf', 'arabic', [(0x600, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC)]),
    ('NotoSerifTibetan-Regular.ttf', 'tibetan', [(0xF00, 0xFFF)]),
):
    path = find(file)
    has = set(TTFont(path).getBestCmap())
    cut(path, sorted(p for a, b in blocks for p in range(a, b + 1) if p in has), name, layout=['*'])

lines = ',\n'.join(f'  {json.dumps(name)}: {json.dumps(runs)}' for name, runs in slices.items())
(root / 'slices.json').write_text('{\n' + lines + '\n}\n')
total = sum(f.stat().st_size for f in (root / 'slices').glob('*.woff2'))
print(f'{len(slices)} slices, {len(missing)} characters, {total / 1e6:.1f} MB')
