import { Problem } from '@comeback/api';
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { cache, forget, onSessionEnd } from './data/cache';
import { orderQuery, ordersQuery, overviewQuery, returnQuery, returnsQuery, sessionQuery, TABS, type OrderFilters, type Tab } from './data/queries';
import { Lost } from './shell/Lost';
import { Shell } from './shell/Shell';
import { DAYS, DELIVERY_STATES, PARCEL_TABS, PILES, STOCK, TICKET_TABS, TOPICS, type DeliveryState, type MessageFilters, type ParcelFilters, type StockFilter, type TicketFilters } from './data/filters';

const text = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);

/** One of a few words, or nothing. */
const oneOf = <T extends string>(value: unknown, words: readonly T[]): T | undefined => words.find((word) => word === value);

/** Without the empty ones, so that the address holds only what was chosen. */
const chosen = <T extends object>(search: T): T => Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as T;

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
  validateSearch: (search: Record<string, unknown>): OrderFilters =>
    chosen({
      q: text(search.q),
      progress: oneOf(search.progress, ['unfulfilled', 'partial', 'fulfilled', 'cancelled'] as const),
      trouble: oneOf(search.trouble, ['yes'] as const),
      country: text(search.country),
      days: oneOf(search.days, DAYS),
    }),
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => void cache.prefetchInfiniteQuery(ordersQuery(deps)),
  component: lazyRouteComponent(() => import('./rooms/orders/OrdersPage'), 'OrdersPage'),
});

export const orderRoute = createRoute({
  getParentRoute: () => app,
  path: '/orders/$orderId',
  loader: ({ params }) => void cache.prefetchQuery(orderQuery(params.orderId)),
  component: lazyRouteComponent(() => import('./rooms/orders/OrderPage'), 'OrderPage'),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  component: lazyRouteComponent(() => import('./rooms/login/InvitationPage'), 'InvitationPage'),
});

const settings = createRoute({
  getParentRoute: () => app,
  path: '/settings',
  component: lazyRouteComponent(() => import('./rooms/settings/SettingsPage'), 'SettingsPage'),
});
const settingsRooms = [
  createRoute({ getParentRoute: () => settings, path: '/', component: lazyRouteComponent(() => import('./rooms/settings/SettingsPage'), 'SettingsIndex') }),
  createRoute({ getParentRoute: () => settings, path: '/brand', component: lazyRouteComponent(() => import('./rooms/settings/BrandPage'), 'BrandPage') }),
  createRoute({ getParentRoute: () => settings, path: '/people', component: lazyRouteComponent(() => import('./rooms/settings/PeoplePage'), 'PeoplePage') }),
  createRoute({ getParentRoute: () => settings, path: '/keys', component: lazyRouteComponent(() => import('./rooms/settings/KeysPage'), 'KeysPage') }),
  createRoute({ getParentRoute: () => settings, path: '/sending', component: lazyRouteComponent(() => import('./rooms/settings/SendingPage'), 'SendingPage') }),
  createRoute({ getParentRoute: () => settings, path: '/connections', component: lazyRouteComponent(() => import('./rooms/settings/ConnectionsPage'), 'ConnectionsPage') }),
  createRoute({ getParentRoute: () => settings, path: '/connections/$connectionId', component: lazyRouteComponent(() => import('./rooms/connect/StorePage'), 'StorePage') }),
  createRoute({ getParentRoute: () => settings, path: '/webhooks', component: lazyRouteComponent(() => import('./rooms/webhooks/WebhooksPage'), 'WebhooksPage') }),
  createRoute({
    getParentRoute: () => settings,
    path: '/webhooks/$webhookId',
    validateSearch: (search: Record<string, unknown>): { state?: DeliveryState; open?: string } => chosen({ state: oneOf(search.state, DELIVERY_STATES), open: text(search.open) }),
    component: lazyRouteComponent(() => import('./rooms/webhooks/WebhookPage'), 'WebhookPage'),
  }),
  createRoute({ getParentRoute: () => settings, path: '/import', component: lazyRouteComponent(() => import('./rooms/imports/ImportsPage'), 'ImportsPage') }),
  createRoute({ getParentRoute: () => settings, path: '/import/$importId', component: lazyRouteComponent(() => import('./rooms/imports/ImportPage'), 'ImportPage') }),
  createRoute({ getParentRoute: () => settings, path: '/policy', component: lazyRouteComponent(() => import('./rooms/settings/PolicyPage'), 'PolicyPage') }),
  createRoute({ getParentRoute: () => settings, path: '/profile', component: lazyRouteComponent(() => import('./rooms/settings/ProfilePage'), 'ProfilePage') }),
] as const;

const rooms = [
  createRoute({
    getParentRoute: () => app,
    path: '/shipments',
    validateSearch: (search: Record<string, unknown>): ParcelFilters =>
      chosen({ tab: oneOf(search.tab, PARCEL_TABS) ?? 'on_the_way', open: text(search.open), carrier: text(search.carrier), country: text(search.country), days: oneOf(search.days, DAYS) }),
    component: lazyRouteComponent(() => import('./rooms/shipments/ShipmentsPage'), 'ShipmentsPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/customers',
    validateSearch: (search: Record<string, unknown>): { q?: string } => chosen({ q: text(search.q) }),
    component: lazyRouteComponent(() => import('./rooms/customers/CustomersPage'), 'CustomersPage'),
  }),
  createRoute({ getParentRoute: () => app, path: '/customers/$customerId', component: lazyRouteComponent(() => import('./rooms/customers/CustomerPage'), 'CustomerPage') }),
  createRoute({
    getParentRoute: () => app,
    path: '/products',
    validateSearch: (search: Record<string, unknown>): { q?: string; stock?: StockFilter } => chosen({ q: text(search.q), stock: oneOf(search.stock, STOCK) }),
    component: lazyRouteComponent(() => import('./rooms/products/ProductsPage'), 'ProductsPage'),
  }),
  createRoute({ getParentRoute: () => app, path: '/products/$productId', component: lazyRouteComponent(() => import('./rooms/products/ProductPage'), 'ProductPage') }),
  createRoute({
    getParentRoute: () => app,
    path: '/messages',
    validateSearch: (search: Record<string, unknown>): MessageFilters =>
      chosen({ open: text(search.open), pile: oneOf(search.pile, PILES), kind: oneOf(search.kind, ['service', 'marketing'] as const), template: text(search.template), days: oneOf(search.days, DAYS) }),
    component: lazyRouteComponent(() => import('./rooms/messages/MessagesPage'), 'MessagesPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/tickets',
    validateSearch: (search: Record<string, unknown>): TicketFilters =>
      chosen({ tab: oneOf(search.tab, TICKET_TABS) ?? 'open', open: text(search.open), topic: oneOf(search.topic, TOPICS), mine: oneOf(search.mine, ['yes'] as const) }),
    component: lazyRouteComponent(() => import('./rooms/tickets/TicketsPage'), 'TicketsPage'),
  }),
  createRoute({ getParentRoute: () => app, path: '/flows', component: lazyRouteComponent(() => import('./rooms/flows/FlowsPage'), 'FlowsPage') }),
  createRoute({ getParentRoute: () => app, path: '/flows/$flowId', component: lazyRouteComponent(() => import('./rooms/flows/FlowPage'), 'FlowPage') }),
] as const;

const tree = root.addChildren([loginRoute, invitation, app.addChildren([settings.addChildren(settingsRooms), overview, returnsRoute, ordersRoute, orderRoute, ...rooms])]);

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
  // Several requests may learn of the end at once; the first one knows where the person was.
  if (router.latestLocation.pathname.endsWith('/login')) return;
  const next = router.state.location.href;
  forget();
  void router.navigate({ to: '/login', search: { next, ended: true } });
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
