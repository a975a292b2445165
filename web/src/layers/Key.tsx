import { useMemo } from 'react';
import { useCount } from '../api/queries';
import type { Collection } from '../api/types';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { outline, type Shape } from '../map/images';
import { colorOf, usePalette } from '../map/palette';
import { shapeOf } from '../map/thematic';
import { canQuery } from './row-slot';

interface Props {
  layer: Collection;
  opacity: number;
  /** Box in view, for the counts; null = the whole layer. */
  bbox: string | null;
}

/** What the colours and shapes of a layer mean. */
export function Key({ layer, opacity, bbox }: Props) {
  const { style, geometryType } = layer.yutu;
  const pick = usePick();
  const palette = usePalette();
  if (style.type === 'graduated') return <Ramp layer={layer} opacity={opacity} />;
  if (style.type === 'single' || !style.classes?.length) return null;
  const long = style.classes.some((c) => width(pick(c, 'label')) > 10);
  return (
    <ul className={long ? 'key one' : 'key'}>
      {style.classes.map((c, i) => (
        <li key={c.value ?? i}>
          <Swatch type={geometryType} shape={shapeOf(style, i)} color={colorOf(palette, c.color)} opacity={opacity} />
          <span className="el" title={pick(c, 'label')}>
            {pick(c, 'label')}
          </span>
          {style.field && c.value !== undefined && canQuery(layer) && (
            <Count layer={layer} field={style.field} value={c.value} bbox={bbox} />
          )}
        </li>
      ))}
    </ul>
  );
}

/** Of a label, in Latin letters; a Han character takes two. */
const width = (label: string) => label.replace(/[\u2e80-\uffff]/g, '××').length;

function Count({ layer, field, value, bbox }: { layer: Collection; field: string; value: string; bbox: string | null }) {
  const format = useFormat();
  const query = useMemo(
    () => ({ filter: `${field} = '${value.replaceAll("'", "''")}'`, bbox: bbox ?? undefined }),
    [field, value, bbox],
  );
  const { data } = useCount(layer.id, query);
  return <em>{typeof data === 'number' ? format.number(data) : ''}</em>;
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
function Ramp({ layer, opacity }: { layer: Collection; opacity: number }) {
  const { t } = useTranslation('layers');
  const palette = usePalette();
  const format = useFormat();
  const classes = layer.yutu.style.classes ?? [];
  const limits = classes.slice(1).map(({ min }, i) => min ?? classes[i]?.max ?? 0);
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
