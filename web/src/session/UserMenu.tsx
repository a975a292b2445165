import { IconHistory, IconKey, IconLogin2, IconLogout, IconUserCog, IconUsers } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useSession, useSignOut } from '../api/queries';
import { Dropdown } from '../app/Dropdown';
import { usePick, useTranslation } from '../i18n';
import { openSignIn } from './store';

/** Who is signed in and what only they have; signed out it is the way in. */
export function UserMenu({ compact = false }: { compact?: boolean }) {
  const { t } = useTranslation('session');
  const pick = usePick();
  const { data: session } = useSession();
  const { mutate: signOut } = useSignOut();
  const user = session?.user;
  if (!session) return <span className="me" aria-hidden />;
  if (!user) {
    return (
      <button
        type="button"
        className={compact ? 'ib' : 'btn o'}
        aria-label={compact ? t('title') : undefined}
        onClick={() => openSignIn()}
      >
        <IconLogin2 size={18} aria-hidden />
        {!compact && t('title')}
      </button>
    );
  }
  const name = pick(user, 'name');
  return (
    <Dropdown
      className="me"
      label={t('menu', { name })}
      testId="user-menu"
      button={
        <>
          <span className="ava" aria-hidden>
            {name.slice(0, 1)}
          </span>
          {!compact && (
            <span className="me-name">
              <b className="b">{name}</b>
              <br />
              <span className="dim sm">{pick(user.organisation, 'title')}</span>
            </span>
          )}
        </>
      }
    >
      <div className="me-card" role="none">
        <b className="bb">{name}</b>
        <div className="sm mut">{pick(user.organisation, 'title')}</div>
        <div className="sm mut">{user.roles.map((role) => t(`roles.${role}`)).join(' · ')}</div>
        {user.actingFor && <div className="sm mut">{t('actingFor', { name: user.actingFor })}</div>}
      </div>
      <hr />
      <Link role="menuitem" to="/account">
        <IconUserCog size={16} aria-hidden />
        {t('app:nav.account')}
      </Link>
      {user.roles.some((role) => role !== 'planner' && role !== 'steward') && (
        <Link role="menuitem" to="/accounts">
          <IconUsers size={16} aria-hidden />
          {t('app:nav.accounts')}
        </Link>
      )}
      <Link role="menuitem" to="/keys">
        <IconKey size={16} aria-hidden />
        {t('app:nav.keys')}
      </Link>
      {user.roles.some((role) => role !== 'planner') && (
        <Link role="menuitem" to="/audit">
          <IconHistory size={16} aria-hidden />
          {t('app:nav.audit')}
        </Link>
      )}
      <hr />
      <button type="button" role="menuitem" onClick={() => signOut()}>
        <IconLogout size={16} aria-hidden />
        {t('leave')}
      </button>
    </Dropdown>
  );
}
