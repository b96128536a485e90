import { Problem } from '@comeback/api';
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { cache, forget, onSessionEnd } from './data/cache';
import { orderQuery, ordersQuery, overviewQuery, returnQuery, returnsQuery, sessionQuery, TABS, type Tab } from './data/queries';
import { Lost } from './shell/Lost';
import { Shell } from './shell/Shell';

const text = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);

const root = createRootRoute({ component: Outlet, notFoundComponent: Lost });

export const loginRoute = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { next?: string; ended?: boolean } => ({
    ...(text(search.next)?.startsWith('/') ? { next: text(search.next) } : {}),
    ...(search.ended ? { ended: true } : {}),
  }),
  component: lazyRouteComponent(() => import('./rooms/login/LoginPage'), 'LoginPage'),
});

/** Everything behind the login. Without a session the person comes back to where they wanted to go. */
const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  beforeLoad: async ({ location }) => {
    try {
      await cache.ensureQueryData(sessionQuery);
    } catch (error) {
      if (error instanceof Problem && error.status === 401) {
        throw redirect({ to: '/login', search: location.pathname === '/' ? {} : { next: location.href } });
      }
      throw error;
    }
  },
  component: Shell,
});

const overview = createRoute({
  getParentRoute: () => app,
  path: '/',
  loader: () => void cache.prefetchQuery(overviewQuery),
  component: lazyRouteComponent(() => import('./rooms/overview/OverviewPage'), 'OverviewPage'),
});

export const returnsRoute = createRoute({
  getParentRoute: () => app,
  path: '/returns',
  validateSearch: (search: Record<string, unknown>): { tab: Tab; open?: string } => ({
    tab: TABS.find((tab) => tab === search.tab) ?? 'new',
    ...(text(search.open) ? { open: text(search.open) } : {}),
  }),
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => {
    void cache.prefetchInfiniteQuery(returnsQuery(deps.tab));
    if (deps.open) void cache.prefetchQuery(returnQuery(deps.open));
  },
  component: lazyRouteComponent(() => import('./rooms/returns/ReturnsPage'), 'ReturnsPage'),
});

export const ordersRoute = createRoute({
  getParentRoute: () => app,
  path: '/orders',
  validateSearch: (search: Record<string, unknown>): { q?: string } => (text(search.q) ? { q: text(search.q) } : {}),
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => void cache.prefetchInfiniteQuery(ordersQuery(deps.q ?? '')),
  component: lazyRouteComponent(() => import('./rooms/orders/OrdersPage'), 'OrdersPage'),
});

export const orderRoute = createRoute({
  getParentRoute: () => app,
  path: '/orders/$orderId',
  loader: ({ params }) => void cache.prefetchQuery(orderQuery(params.orderId)),
  component: lazyRouteComponent(() => import('./rooms/orders/OrderPage'), 'OrderPage'),
});

const tree = root.addChildren([loginRoute, app.addChildren([overview, returnsRoute, ordersRoute, orderRoute])]);

export const router = createRouter({
  routeTree: tree,
  basepath: '/studio',
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultNotFoundComponent: Lost,
  // Plain words in the address: ?tab=new&open=…, no JSON quotes around them.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const query = new URLSearchParams(Object.entries(search).filter(([, v]) => v !== undefined && v !== '') as [string, string][]).toString();
    return query ? `?${query}` : '';
  },
});

onSessionEnd(() => {
  const next = router.state.location.href;
  forget();
  void router.navigate({ to: '/login', search: { next, ended: true } });
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
