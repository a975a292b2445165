import { useMantineColorScheme } from '@mantine/core';
import { useColorScheme } from '@mantine/hooks';
import { IconMoon, IconSun } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useInstance, useSession } from '../api/queries';
import { setLanguage, useLang, usePick, useTranslation } from '../i18n';
import { SearchBox } from '../search/SearchBox';
import { UserMenu } from '../session/UserMenu';
import { Seal } from './Seal';

export function TopBar() {
  const pick = usePick();
  const { t } = useTranslation();
  const { data: instance } = useInstance();
  return (
    <header className="bar">
      {/* named by its text; until that is known, by what it does */}
      <Link to="/" className="logo" aria-label={instance ? undefined : t('nav.map')}>
        <Seal />
        {instance && (
          <>
            <b>{pick(instance, 'brand')}</b>
            <span>{pick(instance, 'tagline')}</span>
          </>
        )}
      </Link>
      <SearchBox />
      <Nav />
      <div className="util">
        <ThemeToggle />
        <LanguageSwitch />
        <UserMenu />
      </div>
    </header>
  );
}

function Nav() {
  const { t } = useTranslation();
  const { data: session } = useSession();
  const roles = session?.user?.roles ?? [];
  const decides = roles.some((role) => role === 'steward' || role === 'org_admin' || role === 'admin') || Boolean(session?.inbox);
  return (
    <nav className="nav" aria-label={t('nav.label')}>
      <Link to="/" activeOptions={{ exact: true, includeSearch: false }} activeProps={{ className: 'on' }}>
        {t('nav.map')}
      </Link>
      <Link to="/catalogue" activeProps={{ className: 'on' }}>
        {t('nav.catalogue')}
      </Link>
      {session?.user && (
        <Link to="/requests" activeProps={{ className: 'on' }}>
          {t('nav.requests')}
          {session.mine > 0 && <span className="cnt">{session.mine}</span>}
        </Link>
      )}
      {decides && (
        <Link to="/inbox" activeProps={{ className: 'on' }}>
          {t('nav.inbox')}
          {session && session.inbox > 0 && <span className="cnt hot">{session.inbox}</span>}
        </Link>
      )}
      {roles.some((role) => role === 'auditor' || role === 'admin' || role === 'security') && (
        <Link to="/audit" activeProps={{ className: 'on' }}>
          {t('nav.audit')}
        </Link>
      )}
      {roles.some((role) => role !== 'planner' && role !== 'steward') && (
        <Link to="/accounts" activeProps={{ className: 'on' }}>
          {t('nav.accounts')}
        </Link>
      )}
    </nav>
  );
}

export function ThemeToggle() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const system = useColorScheme();
  const dark = (colorScheme === 'auto' ? system : colorScheme) === 'dark';
  const Icon = dark ? IconSun : IconMoon;
  return (
    <button
      type="button"
      className="ib"
      aria-label={t(dark ? 'theme.light' : 'theme.dark')}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    >
      <Icon size={20} stroke={1.75} aria-hidden />
    </button>
  );
}

export function LanguageSwitch() {
  const { t } = useTranslation();
  const lang = useLang();
  return (
    <fieldset className="lang" aria-label={t('language')}>
      <button type="button" lang="zh-CN" aria-label="中文" aria-pressed={lang === 'zh'} onClick={() => setLanguage('zh')}>
        中
      </button>
      <button type="button" lang="en" aria-label="English" aria-pressed={lang === 'en'} onClick={() => setLanguage('en')}>
        EN
      </button>
    </fieldset>
  );
}
