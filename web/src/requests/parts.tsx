import { IconPlayerPause } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Action, Area, Clock, Collection, ShareRequest, SharingClass } from '../api/types';
import { useLang, usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { SharingGlyph } from '../layers/Glyphs';
import { CELLS, clockFace } from './clock';
import { standing, TONES, type Tone } from './status';
import './words';
import './parts.css';
import './workflow.css';

export function Chip({ tone = 'plain', line, children }: { tone?: Tone; line?: boolean; children: ReactNode }) {
  return <span className={`chip ${tone === 'plain' ? '' : tone} ${line ? 'line' : ''}`}>{children}</span>;
}

export function StandingChip({ request }: { request: Pick<ShareRequest, 'status' | 'clock' | 'grant'> }) {
  const { t } = useTranslation('requests');
  const at = standing(request);
  return <Chip tone={TONES[at]}>{t(`standing.${at}`)}</Chip>;
}

/** @param layer where it may be shown to who is not signed in */
export const ClassMark = ({ of, short, layer }: { of: SharingClass; short?: boolean; layer?: Collection }) => (
  <SharingGlyph sharing={of} disclosure={layer?.yutu.disclosure} full={!short} />
);

/** Ten cells and the same in words; the cells alone are decoration to a screen reader. */
export function WorkClock({ clock, words = true }: { clock: Clock; words?: boolean }) {
  const face = clockFace(clock);
  return (
    <span className="wf-clock">
      {face.tone === 'paused' ? (
        <IconPlayerPause size={14} aria-hidden className="dim" />
      ) : (
        <span className={`bar-clock ${face.tone === 'calm' ? '' : face.tone}`} aria-hidden="true">
          {Array.from({ length: CELLS }, (_, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: ten cells, always the same ten
            <i key={i} className={i < face.cells ? 'd' : ''} />
          ))}
        </span>
      )}
      {words && <ClockWords clock={clock} />}
    </span>
  );
}

export function ClockWords({ clock }: { clock: Clock }) {
  const { t } = useTranslation('requests');
  const { tone, left } = clockFace(clock);
  const style = { calm: 'mut', hot: 't-warn b', late: 't-bad b', paused: 'mut' }[tone];
  const text =
    tone === 'paused'
      ? t('clock.paused')
      : left < 0
        ? t('clock.over', { count: -left })
        : left === 0
          ? t('clock.last')
          : t('clock.left', { count: left });
  return <span className={`sm nw ${style}`}>{text}</span>;
}

/** 浏览、查询、接口 */
export function useList() {
  const lang = useLang();
  return (items: string[]) => items.join(lang === 'en' ? ', ' : '、');
}

export function useActionWords() {
  const { t } = useTranslation('requests');
  const list = useList();
  return (actions: Action[]) => list(actions.filter((a) => a !== 'discover').map((a) => t(`action.${a}`)));
}

/** The label of an area with its size; nothing means everywhere. */
export function useAreaWords() {
  const { t } = useTranslation('requests');
  const pick = usePick();
  const { number } = useFormat();
  return {
    label: (area: Area | null) => (area ? pick(area, 'label') : t('area.everywhere')),
    size: (area: Area | null) => (area ? t('area.km2', { value: number(area.areaKm2, area.areaKm2 < 100 ? 2 : 0) }) : ''),
  };
}

export function Empty({ icon, title, children }: { icon?: ReactNode; title: string; children?: ReactNode }) {
  return (
    <div className="wf-empty">
      {icon}
      <div>
        <div className="b">{title}</div>
        {children && <div className="mut">{children}</div>}
      </div>
    </div>
  );
}

/** A failure: what did not load, and the way to try again. */
export function Failed({ error, retry }: { error: Error; retry: () => void }) {
  const { t } = useTranslation('requests');
  return (
    <div className="tip bad wf-failed" role="alert">
      <span className="grow">{error.message}</span>
      <button type="button" className="link" onClick={retry}>
        {t('retry')}
      </button>
    </div>
  );
}

/** Nothing for 300 ms, then grey lines. */
export function Waiting({ lines = 3 }: { lines?: number }) {
  return (
    <div className="wf-waiting" aria-hidden="true">
      {Array.from({ length: lines }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: grey lines have no identity
        <i key={i} style={{ width: `${[62, 84, 40][i % 3]}%` }} />
      ))}
    </div>
  );
}
