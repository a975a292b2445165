import { IconPolygon, IconUpload, IconX } from '@tabler/icons-react';
import { type DragEvent, useState } from 'react';
import { useTranslation } from '../../i18n';
import { useFormat } from '../../i18n/format';
import { areaUnits, MAX_BYTES, type RedLineFault, readRedLine } from '../redline';
import type { AreaAnswer } from './answers';
import { Fault, placeId } from './Line';

type Line = Extract<AreaAnswer, { kind: 'redline' }>['line'];

/** A red line file, dropped or chosen; read and checked here, so that a wrong one is told before anything is sent. */
export function RedLineDrop({
  line,
  onLine,
  home,
}: {
  line: Line;
  onLine: (line: Line) => void;
  home: [number, number, number, number];
}) {
  const { t } = useTranslation('requests');
  const [fault, setFault] = useState<RedLineFault | null>(null);
  const [over, setOver] = useState(false);
  const say = useFaultWords();

  const take = async (file: File | undefined) => {
    if (!file) return;
    // a file that is far too large is not even read
    const read =
      file.size > MAX_BYTES * 2
        ? ({ ok: false, fault: { code: 'too_large', megabytes: MAX_BYTES / 1024 / 1024 } } as const)
        : readRedLine(await file.text(), home);
    setFault(read.ok ? null : read.fault);
    onLine(
      read.ok
        ? { polygon: read.polygon, name: file.name.replace(/\.(geo)?json$/i, '').slice(0, 80), squareMetres: read.squareMetres }
        : null,
    );
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };

  return (
    <div className="wf-hint">
      {line ? (
        <div className="wf-redline">
          <IconPolygon size={18} aria-hidden className="t-acc" />
          <div className="grow">
            <div className="b el">{line.name || t('area.redline')}</div>
            <Units squareMetres={line.squareMetres} />
          </div>
          <button type="button" className="ib s" aria-label={t('area.clear')} onClick={() => onLine(null)}>
            <IconX size={16} aria-hidden />
          </button>
        </div>
      ) : (
        // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the file input inside is the control
        <div
          className={`wf-drop ${over ? 'over' : ''} ${fault ? 'bad' : ''}`}
          onDragOver={(e) => {
            e.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <IconUpload size={16} aria-hidden />
          <label htmlFor={placeId('area')}>{t('area.drop')}</label>
          <input
            id={placeId('area')}
            type="file"
            accept=".geojson,.json,application/geo+json,application/json"
            aria-label={t('area.dropLabel')}
            onChange={(e) => {
              void take(e.currentTarget.files?.[0]);
              e.currentTarget.value = '';
            }}
          />
        </div>
      )}
      {fault && <Fault>{say(fault)}</Fault>}
    </div>
  );
}

/** 约 18.5 亩 · 1.23 公顷 · 0.0123 平方千米（估算） */
export function Units({ squareMetres }: { squareMetres: number }) {
  const { t } = useTranslation('requests');
  const { number } = useFormat();
  const { mu, hectares, squareKm } = areaUnits(squareMetres);
  return (
    <div className="sm mut">
      {t('area.units', { mu: number(mu, 2), ha: number(hectares, 4), km2: number(squareKm, squareKm < 1 ? 4 : 2) })}
      <span className="dim"> · {t('area.estimate')}</span>
    </div>
  );
}

/** A fault of a red line as a sentence. */
export function useFaultWords() {
  const { t } = useTranslation('requests');
  const { number } = useFormat();
  return (fault: RedLineFault): string => {
    switch (fault.code) {
      case 'geometry_type':
        return t('area.fault.geometry_type', { found: t(`area.type.${fault.found}`, { defaultValue: t('area.type.other') }) });
      case 'projected':
        return t('area.fault.projected', { x: number(fault.x, 0), y: number(fault.y, 0) });
      case 'outside':
      case 'crossing':
        return t(`area.fault.${fault.code}`, { lon: number(fault.lon, 4), lat: number(fault.lat, 4) });
      default:
        return t(`area.fault.${fault.code}`, { ...fault });
    }
  };
}
