import { api, body } from '@comeback/api';
import { queryOptions } from '@tanstack/react-query';

export const chartsQuery = queryOptions({ queryKey: ['overview', 'charts'], queryFn: () => body(api.GET('/api/studio/overview/charts')), staleTime: 60_000 });
export const welcomeQuery = queryOptions({ queryKey: ['welcome'], queryFn: () => body(api.GET('/api/studio/welcome')), refetchOnWindowFocus: 'always' });
