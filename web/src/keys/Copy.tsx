import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { announce, toast } from '../app/toast';
import { useTranslation } from '../i18n';
import './words';

/** Copies a text and says so. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const { t } = useTranslation('keys');
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(setDone, 2000, false);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
      announce(t('copied'));
    } catch {
      // no clipboard without https: the text is selectable beside the button
      toast({ text, tone: 'info' });
    }
  };
  return (
    <button type="button" className="btn s" aria-label={t('copyOf', { what })} onClick={() => void copy()}>
      {done ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      {t(done ? 'copied' : 'copy')}
    </button>
  );
}

/** An address or a command with its copy button. */
export function CopyLine({ title, text }: { title: string; text: string }) {
  return (
    <div className="keys-url">
      <span className="b">{title}</span>
      <CopyButton text={text} what={title} />
      <span className="mono mut el" title={text}>
        {text}
      </span>
    </div>
  );
}
