import { IconAlertTriangle, IconCircleCheck, IconInfoCircle, IconLoader2, IconX } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from '../i18n';
import { connection } from './connection';
import { createStore, useStore } from './store';

export interface Toast {
  text: string;
  tone?: 'ok' | 'info' | 'bad';
  detail?: string;
  action?: { label: string; run: () => void };
}

const toasts = createStore<(Toast & { id: number })[]>([]);
const spoken = createStore('');
let next = 1;

const drop = (id: number) => toasts.set((all) => all.filter((t) => t.id !== id));

/** Says something for eight seconds, at the bottom of the screen and to screen readers; `action` is usually 撤销. */
export function toast(message: Toast) {
  // said twice is shown once
  toasts.set((all) => [...all.filter(({ text }) => text !== message.text).slice(-2), { ...message, id: next++ }]);
}

/** Says something to screen readers only. */
export const announce = (text: string) => spoken.set(text);

const ICONS = { ok: IconCircleCheck, info: IconInfoCircle, bad: IconAlertTriangle };

export function Toasts() {
  const list = useStore(toasts);
  const words = useStore(spoken);
  return (
    <>
      <div className="sr-only" role="status" aria-live="polite">
        {words}
      </div>
      <div className="toasts" role="status" aria-live="polite">
        <Away />
        {list.map((t) => (
          <Card key={t.id} toast={t} />
        ))}
      </div>
    </>
  );
}

/** Stays as long as the server does not answer. */
function Away() {
  const { t } = useTranslation();
  if (useStore(connection) === 'there') return null;
  return (
    <div className="toast" data-testid="connection">
      <IconLoader2 size={20} className="spin t-acc" aria-hidden />
      <div className="grow">
        <div className="b">{t('away.title')}</div>
        <div className="sm mut">{t('away.text')}</div>
      </div>
    </div>
  );
}

function Card({ toast: { id, text, detail, action, tone = 'ok' } }: { toast: Toast & { id: number } }) {
  const { t } = useTranslation();
  useEffect(() => {
    const timer = setTimeout(drop, 8000, id);
    return () => clearTimeout(timer);
  }, [id]);
  const Icon = ICONS[tone];
  return (
    <div className="toast">
      <Icon size={20} className={`t-${tone === 'info' ? 'acc' : tone}`} aria-hidden />
      <div className="grow">
        <div className="b">{text}</div>
        {detail && <div className="sm mut">{detail}</div>}
      </div>
      {action && (
        <button
          type="button"
          className="link"
          onClick={() => {
            action.run();
            drop(id);
          }}
        >
          {action.label}
        </button>
      )}
      <button type="button" className="ib s" aria-label={t('close')} onClick={() => drop(id)}>
        <IconX size={16} aria-hidden />
      </button>
    </div>
  );
}
