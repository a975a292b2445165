import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { type ComponentType, lazy } from 'react';
import { MapPage } from '../map/MapPage';
import { Boundary } from './Boundary';
import { base } from './base';
import { NotFound } from './NotFound';
import { Shell } from './Shell';

/** A fault stays with its screen: the next one is another tree. */
const bounded = (Screen: ComponentType) => () => (
  <Boundary>
    <Screen />
  </Boundary>
);

/** A screen loaded when it is opened, with the widgets' styles. */
const screen = <M,>(load: () => Promise<M>, pick: (module: M) => ComponentType) =>
  bounded(lazy(async () => ({ default: pick((await Promise.all([load(), import('../theme/widgets')]))[0]) })));

const MyRequests = screen(
  () => import('../requests'),
  (m) => m.MyRequests,
);
const Inbox = screen(
  () => import('../inbox'),
  (m) => m.Inbox,
);
const Keys = screen(
  () => import('../keys'),
  (m) => m.Keys,
);
const Audit = screen(
  () => import('../audit'),
  (m) => m.Audit,
);
const Account = screen(
  () => import('../account'),
  (m) => m.Account,
);
const Reset = screen(
  () => import('../account/Reset'),
  (m) => m.Reset,
);
const Accounts = screen(
  () => import('../accounts'),
  (m) => m.Accounts,
);
const Catalogue = screen(
  () => import('../catalogue'),
  (m) => m.Catalogue,
);
const LayerPage = screen(
  () => import('../catalogue'),
  (m) => m.LayerPage,
);

const Compare = screen(
  () => import('../sharing'),
  (m) => m.Compare,
);

/** What a link may carry besides its path. `request` opens the request form of a layer over any screen. */
export interface AppSearch {
  request?: string;
  /** zoom/lat/lon of the map */
  at?: string;
  /** layers on the map, top first; see map/permalink.ts */
  layers?: string;
  lang?: string;
}

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  validateSearch: (search: Record<string, unknown>): AppSearch & Record<string, string | undefined> =>
    search as Record<string, string>,
});
const map = createRoute({ getParentRoute: () => root, path: '/', component: bounded(MapPage) });
const requests = createRoute({ getParentRoute: () => root, path: '/requests', component: MyRequests });
const inbox = createRoute({ getParentRoute: () => root, path: '/inbox', component: Inbox });
const apiKeys = createRoute({ getParentRoute: () => root, path: '/keys', component: Keys });
const audit = createRoute({ getParentRoute: () => root, path: '/audit', component: Audit });
const account = createRoute({ getParentRoute: () => root, path: '/account', component: Account });
const reset = createRoute({ getParentRoute: () => root, path: '/reset', component: Reset });
const accounts = createRoute({ getParentRoute: () => root, path: '/accounts', component: Accounts });
const catalogue = createRoute({ getParentRoute: () => root, path: '/catalogue', component: Catalogue });
const layer = createRoute({ getParentRoute: () => root, path: '/catalogue/$layer', component: LayerPage });

const compare = createRoute({ getParentRoute: () => root, path: '/compare', component: Compare });

export const router = createRouter({
  basepath: base || '/',
  routeTree: root.addChildren([map, requests, inbox, apiKeys, audit, account, reset, accounts, catalogue, layer, compare]),
  // plain strings: links are read and typed by people
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = Object.entries(search as Record<string, string | undefined>)
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value]) => `${name}=${encodeURIComponent(String(value)).replace(/%(2F|2C|3A|21)/gi, decodeURIComponent)}`)
      .join('&');
    return text && `?${text}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
