import { IconBooks, IconClipboardList, IconGavel, IconMap, IconUser } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useSession } from '../api/queries';
import { useTranslation } from '../i18n';
import { openSignIn } from '../session/store';

/** The phone's main navigation, under the thumb. */
export function TabBar() {
  const { t } = useTranslation();
  const { data: session } = useSession();
  const decides = session?.user?.roles.some((role) => role === 'steward' || role === 'org_admin' || role === 'admin');
  return (
    <nav className="tabbar" aria-label={t('nav.label')}>
      <Link to="/" activeOptions={{ exact: true, includeSearch: false }} activeProps={{ className: 'on' }}>
        <IconMap size={22} stroke={1.75} aria-hidden />
        {t('nav.map')}
      </Link>
      <Link to="/catalogue" activeProps={{ className: 'on' }}>
        <IconBooks size={22} stroke={1.75} aria-hidden />
        {t('nav.catalogue')}
      </Link>
      {decides && (
        <Link to="/inbox" activeProps={{ className: 'on' }}>
          <IconGavel size={22} stroke={1.75} aria-hidden />
          {t('nav.inbox')}
          {session && session.inbox > 0 && <span className="cnt hot">{session.inbox}</span>}
        </Link>
      )}
      <Link to="/requests" activeProps={{ className: 'on' }}>
        <IconClipboardList size={22} stroke={1.75} aria-hidden />
        {t('nav.requestsShort')}
      </Link>
      {session?.user ? (
        <Link to="/keys" activeProps={{ className: 'on' }}>
          <IconUser size={22} stroke={1.75} aria-hidden />
          {t('nav.mine')}
        </Link>
      ) : (
        <button type="button" onClick={() => openSignIn()}>
          <IconUser size={22} stroke={1.75} aria-hidden />
          {t('session:title')}
        </button>
      )}
    </nav>
  );
}
