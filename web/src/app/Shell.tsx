import { Outlet, useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useInstance, useSession } from '../api/queries';
import { usePick, useTranslation } from '../i18n';
import { DemoBanner } from '../session/DemoBanner';
import { openSignIn, signIn } from '../session/store';
import { Boundary } from './Boundary';
import { useServerEvents } from './events';
import { useStore } from './store';
import { TabBar } from './TabBar';
import { TopBar } from './TopBar';

const RequestDrawer = lazy(async () => {
  const [requests] = await Promise.all([import('../requests'), import('../theme/widgets')]);
  return { default: requests.RequestDrawer };
});
const SignIn = lazy(async () => {
  const [dialog] = await Promise.all([import('../session/SignIn'), import('../theme/widgets')]);
  return { default: dialog.SignIn };
});

/** Screens that mean nothing without a person. */
const PERSONAL = ['/requests', '/inbox', '/keys', '/audit', '/account', '/accounts', '/compare'];

/** The frame around every screen: bar, banner, sign-in, the request form, and the one event stream. */
export function Shell() {
  useServerEvents();
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const { request, field } = useSearch({ strict: false }) as { request?: string; field?: string };
  const { data: session } = useSession();
  const signedOut = session !== undefined && !session.user;
  const barred = signedOut && PERSONAL.includes(pathname);
  useTitle();
  // loaded at its first use, kept for its closing movement
  const [signingIn, setSigningIn] = useState(false);
  const { open } = useStore(signIn);
  if (open && !signingIn) setSigningIn(true);

  useEffect(() => {
    if (barred || (signedOut && request)) openSignIn('needed');
  }, [barred, signedOut, request]);

  const closeRequest = () =>
    navigate({
      to: '.',
      search: (now: Record<string, unknown>) => ({ ...now, request: undefined, field: undefined }),
      replace: true,
    });

  return (
    <div className="app" data-screen={pathname === '/' ? 'map' : 'page'}>
      <a className="skip" href="#main">
        {t('skip')}
      </a>
      <DemoBanner />
      <TopBar />
      <main id="main" className="body" tabIndex={-1}>
        <Suspense fallback={<div className="page-note sk" />}>{barred ? <Barred /> : <Outlet />}</Suspense>
      </main>
      <TabBar />
      {request && session?.user && (
        <Boundary key={request}>
          <Suspense>
            <RequestDrawer layer={request} field={field} onClose={closeRequest} />
          </Suspense>
        </Boundary>
      )}
      {signingIn && (
        <Suspense>
          <SignIn />
        </Suspense>
      )}
    </div>
  );
}

function Barred() {
  const { t } = useTranslation('session');
  return (
    <div className="page-note">
      <h1>{t('neededTitle')}</h1>
      <button type="button" className="btn p" onClick={() => openSignIn()}>
        {t('title')}
      </button>
    </div>
  );
}

function useTitle() {
  const pick = usePick();
  const { data: instance } = useInstance();
  useEffect(() => {
    if (instance) document.title = `${pick(instance, 'brand')} · ${pick(instance, 'tagline')}`;
  }, [instance, pick]);
}
