import { Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type Account, useChangeAccount, useResetAccount, useUnlockAccount } from '../api/accounts';
import type { Role, User } from '../api/types';
import { toast } from '../app/toast';
import { usePick, useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { Office } from './Office';
import { RoleBoxes } from './RoleBoxes';
import { givable } from './roles';

/** One account, and what this administrator may do with it. */
export function Manage({ user, account, onClose }: { user: User; account: Account; onClose: () => void }) {
  const { t } = useTranslation('accounts');
  const pick = usePick();
  const { time } = useFormat();
  const change = useChangeAccount();
  const unlock = useUnlockAccount();
  const reset = useResetAccount();
  const [names, setNames] = useState({ nameZh: account.nameZh, nameEn: account.nameEn });
  const [roles, setRoles] = useState<Role[]>(account.roles);
  const { username } = account;
  const name = pick(account, 'name');
  const can = (right: Account['can'][number]) => account.can.includes(right);
  const busy = change.isPending || unlock.isPending || reset.isPending;
  const error = change.error ?? unlock.error ?? reset.error;
  const over = (text: string) => {
    toast({ text });
    onClose();
  };
  const done = (text: string) => () => over(text);
  const start = (what: 'password' | 'factor', by?: 'sheet') =>
    reset.mutate(
      { username, what, ...(by && { by }) },
      { onSuccess: ({ mailed }) => over(t(mailed ? 'resetMailed' : 'waits', { name })) },
    );
  const nameField = (field: 'nameZh' | 'nameEn') => (
    <TextInput
      label={t(field)}
      value={names[field]}
      onChange={(e) => setNames({ ...names, [field]: e.currentTarget.value })}
      required
      withAsterisk={false}
      maxLength={80}
    />
  );

  return (
    <Modal opened onClose={onClose} title={t('manageOf', { name })} closeButtonProps={{ 'aria-label': t('close') }}>
      <div className="accounts-form">
        <p className="mut">
          <span className="mono">{username}</span> · {pick(account.organisation, 'title')}
        </p>
        {account.waiting.length > 0 && (
          <p className="tip warn">
            {t('waitingKinds', { what: account.waiting.map((kind) => t(`wait.kind.${kind}`)).join(' · ') })}
          </p>
        )}
        {account.lockedUntil && <p className="tip warn">{t('lockedUntil', { time: time(account.lockedUntil) })}</p>}
        {can('rename') && (
          <form
            className="accounts-names"
            onSubmit={(event) => {
              event.preventDefault();
              change.mutate({ username, ...names }, { onSuccess: done(t('renamed')) });
            }}
          >
            {nameField('nameZh')}
            {nameField('nameEn')}
            <button type="submit" className="btn" disabled={busy}>
              {t('rename')}
            </button>
          </form>
        )}
        {can('roles') && (
          <form
            className="accounts-form"
            onSubmit={(event) => {
              event.preventDefault();
              change.mutate(
                { username, roles },
                { onSuccess: (after) => over(t(after.waiting.includes('roles') ? 'waits' : 'saved', { name })) },
              );
            }}
          >
            <RoleBoxes offered={givable(user.roles, false)} held={roles} onChange={setRoles} />
            <button type="submit" className="btn p" disabled={busy || roles.length === 0}>
              {t('save')}
            </button>
          </form>
        )}
        {(can('move') || can('mail')) && <Office account={account} onDone={over} />}
        <div className="row wrap">
          {can('resetPassword') && (
            <button type="button" className="btn" disabled={busy} onClick={() => start('password')}>
              {t(account.mailed ? 'resetPasswordMail' : 'resetPassword')}
            </button>
          )}
          {can('resetPassword') && account.mailed && (
            <button type="button" className="btn" disabled={busy} onClick={() => start('password', 'sheet')}>
              {t('resetPasswordSheet')}
            </button>
          )}
          {can('unlock') && account.lockedUntil && (
            <button
              type="button"
              className="btn"
              disabled={busy}
              onClick={() => unlock.mutate(username, { onSuccess: done(t('unlocked', { name })) })}
            >
              {t('unlock')}
            </button>
          )}
          {can('resetFactor') && account.factor && (
            <button
              type="button"
              className="btn bad"
              title={t('resetFactorText')}
              disabled={busy}
              onClick={() => start('factor')}
            >
              {t('resetFactor')}
            </button>
          )}
          {can('disable') && (
            <button
              type="button"
              className={account.disabled ? 'btn' : 'btn bad'}
              disabled={busy}
              onClick={() =>
                change.mutate(
                  { username, disabled: !account.disabled },
                  { onSuccess: done(t(account.disabled ? 'enabledToast' : 'disabledToast', { name })) },
                )
              }
            >
              {t(account.disabled ? 'enable' : 'disable')}
            </button>
          )}
        </div>
        {error && (
          <p className="t-bad" role="alert">
            {error.message}
          </p>
        )}
      </div>
    </Modal>
  );
}
