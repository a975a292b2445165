import { useDebouncedValue } from '@mantine/hooks';
import { useStatistics } from '../api/queries';
import type { Collection } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { outline, type Shape } from '../map/images';
import { colorOf, usePalette } from '../map/palette';
import { shapeOf } from '../map/thematic';
import { countedBy, countOf, limitsOf } from './counts';
import { canQuery } from './row-slot';

interface Props {
  layer: Collection;
  opacity: number;
  /** Box in view, for the counts; null = the whole layer. */
  bbox: string | null;
}

/** What the colours and shapes of a layer mean, and how many features of each are in view and in all. */
export function Key({ layer, opacity, bbox }: Props) {
  const { style, geometryType, fields } = layer.yutu;
  const { t } = useTranslation('layers');
  const pick = usePick();
  const palette = usePalette();
  const counts = useCounts(layer, bbox);
  if (style.type === 'graduated') return <Ramp layer={layer} opacity={opacity} counts={counts} />;
  if (style.type === 'single' || !style.classes?.length) return null;
  const { codeSystem } = fields.find(({ name }) => name === style.field) ?? {};
  const long = codeSystem || style.classes.some((c) => width(pick(c, 'label')) > 10) || counts.some((c) => c && c.all >= 1000);
  return (
    <>
      <ul className={long ? 'key one' : 'key'}>
        {style.classes.map((c, i) => (
          <li key={c.value ?? i}>
            <Swatch type={geometryType} shape={shapeOf(style, i)} color={colorOf(palette, c.color)} opacity={opacity} />
            <span className="el" title={pick(c, 'label')}>
              {codeSystem && <span className="dim">{c.value} </span>}
              {pick(c, 'label')}
            </span>
            <Count of={counts[i]} />
          </li>
        ))}
      </ul>
      {codeSystem && <div className="sm mut">{t('legend.codeSystem', { system: codeSystem })}</div>}
    </>
  );
}

/** Of a label, in Latin letters; a Han character takes two. */
const width = (label: string) => label.replace(/[\u2e80-\uffff]/g, '××').length;

/** How many features of a class are in view, and of all the reader may see; `seen` null: all of them. */
interface ClassCount {
  seen: number | null;
  all: number;
}

/** For each class of the style; nothing where they may not be counted. */
function useCounts(layer: Collection, bbox: string | null): (ClassCount | null)[] {
  const { style, fields } = layer.yutu;
  // who moves on is not waited for
  const [view] = useDebouncedValue(bbox, 300);
  const value = fields.some((f) => f.name === style.field && f.form === 'value');
  const by = value && canQuery(layer) ? countedBy(style) : null;
  const all = useStatistics(layer.id, by);
  const seen = useStatistics(layer.id, by && view ? { ...by, bbox: view } : null);
  return (style.classes ?? []).map((_, i) => {
    const total = all.data && countOf(style, i, all.data);
    const part = view === null ? null : seen.data && countOf(style, i, seen.data);
    return typeof total === 'number' && part !== undefined ? { seen: part, all: total } : null;
  });
}

/** 12 / 340 */
function Count({ of }: { of: ClassCount | null | undefined }) {
  const { t } = useTranslation('layers');
  const { number } = useFormat();
  if (!of) return null;
  const { seen, all } = of;
  if (seen === null) return <em>{number(all)}</em>;
  return (
    <em title={t('legend.inView', { seen: number(seen), all: number(all) })}>
      {number(seen)}
      <i> / {number(all)}</i>
    </em>
  );
}

export function Swatch({
  type,
  shape,
  color,
  opacity,
}: {
  type: Collection['yutu']['geometryType'];
  shape: Shape;
  color: string;
  opacity: number;
}) {
  return (
    <svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true" className="sym">
      {type === 'polygon' && (
        <rect x="-6" y="-5" width="12" height="10" rx="1" fill={color} fillOpacity={opacity} stroke={color} />
      )}
      {type === 'line' && <path d="M-6 3 0-2 6 1" fill="none" stroke={color} strokeWidth="2.2" strokeLinecap="round" />}
      {type === 'point' && shape === 'circle' && <circle r="4.6" fill={color} />}
      {type === 'point' && shape !== 'circle' && (
        <polygon
          points={outline(shape, 4.6)
            .map((p) => p.join(','))
            .join(' ')}
          fill={color}
          strokeLinejoin="round"
        />
      )}
    </svg>
  );
}

/** Graduated: the classes side by side at the layer's own opacity, the limits between them. */
function Ramp({ layer, opacity, counts }: { layer: Collection; opacity: number; counts: (ClassCount | null)[] }) {
  const { t } = useTranslation('layers');
  const palette = usePalette();
  const format = useFormat();
  const pick = usePick();
  const classes = layer.yutu.style.classes ?? [];
  const limits = limitsOf(classes);
  return (
    <div>
      <div className="ramp" style={{ opacity }} aria-hidden="true">
        {classes.map((c) => (
          <i key={c.color + c.min} style={{ background: colorOf(palette, c.color) }} />
        ))}
      </div>
      <div className="rlab" style={{ margin: `3px ${50 / Math.max(1, classes.length)}% 0` }}>
        {limits.map((limit) => (
          <span key={limit}>{format.number(limit)}</span>
        ))}
      </div>
      {counts.some(Boolean) && (
        <ul className="rcount">
          {classes.map((c, i) => (
            <li key={c.color + c.min} title={pick(c, 'label')}>
              <span className="sr-only">{pick(c, 'label')}</span>
              <Count of={counts[i]} />
            </li>
          ))}
        </ul>
      )}
      <div className="row sm mut between">
        <span>{layer.yutu.style.unit}</span>
        <span className="row g1">
          <i className="no-data" />
          {t('legend.noData')}
        </span>
      </div>
    </div>
  );
}
