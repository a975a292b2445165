import { Menu } from '@mantine/core';
import { IconHistory, IconKey, IconLogin2, IconLogout } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useSession, useSignOut } from '../api/queries';
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
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <button type="button" className="me" aria-label={t('menu', { name })} data-testid="user-menu">
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
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className="me-card">
          <b className="bb">{name}</b>
          <div className="sm mut">{pick(user.organisation, 'title')}</div>
          <div className="sm mut">{user.roles.map((role) => t(`roles.${role}`)).join(' · ')}</div>
        </div>
        <Menu.Divider />
        <Menu.Item component={Link} to="/keys" leftSection={<IconKey size={16} aria-hidden />}>
          {t('app:nav.keys')}
        </Menu.Item>
        {user.roles.some((role) => role !== 'planner') && (
          <Menu.Item component={Link} to="/audit" leftSection={<IconHistory size={16} aria-hidden />}>
            {t('app:nav.audit')}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => signOut()}>
          {t('leave')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
