import { Checkbox, PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from '../i18n';
import './account.css';
import './words';

interface Props {
  /** Whether the present password is asked for. */
  prove: boolean;
  submit: string;
  busy: boolean;
  error: Error | null;
  /** `keepSystems`: the keys, certificates and embeds that the person answers for go on. */
  onSubmit: (next: string, current: string, keepSystems: boolean) => void;
}

/** A new password, typed twice. */
export function NewPassword({ prove, submit, busy, error, onSubmit }: Props) {
  const { t } = useTranslation('account');
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [repeat, setRepeat] = useState('');
  const [differ, setDiffer] = useState(false);
  const [keep, setKeep] = useState(false);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setDiffer(next !== repeat);
    if (next === repeat) onSubmit(next, current, keep);
  };
  const shared = { required: true, withAsterisk: false, visibilityToggleButtonProps: { 'aria-label': t('show') } };
  return (
    <form className="account-form" onSubmit={send}>
      {prove && (
        <PasswordInput
          {...shared}
          label={t('current')}
          value={current}
          onChange={(e) => setCurrent(e.currentTarget.value)}
          autoComplete="current-password"
        />
      )}
      <PasswordInput
        {...shared}
        label={t('next')}
        value={next}
        onChange={(e) => setNext(e.currentTarget.value)}
        autoComplete="new-password"
      />
      <PasswordInput
        {...shared}
        label={t('repeat')}
        value={repeat}
        onChange={(e) => setRepeat(e.currentTarget.value)}
        autoComplete="new-password"
        error={differ ? t('differ') : undefined}
      />
      <p className="sm mut">{t('passwordHint')}</p>
      {prove && (
        <Checkbox
          label={t('keepSystems')}
          description={t('keepSystemsHint')}
          checked={keep}
          onChange={(e) => setKeep(e.currentTarget.checked)}
        />
      )}
      {error && (
        <p className="t-bad" role="alert">
          {error.message}
        </p>
      )}
      <button type="submit" className="btn p" disabled={busy}>
        {submit}
      </button>
    </form>
  );
}
