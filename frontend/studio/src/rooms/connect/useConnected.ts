import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useToast } from '../../ui/Toasts';
import { useWords } from '../../words/Words';
import { storesQuery, type Store } from './queries';

/** What follows a shop that answered: its own page, where the past can be brought in. */
export function useConnected(): (store: Store) => Promise<void> {
  const { t } = useWords();
  const toast = useToast();
  const client = useQueryClient();
  const navigate = useNavigate();
  return async (store) => {
    await Promise.all([storesQuery.queryKey, ['connections']].map((queryKey) => client.invalidateQueries({ queryKey })));
    toast({ text: t('connect.connected', { name: store.name ?? store.shop ?? '' }) });
    await navigate({ to: '/settings/connections/$connectionId', params: { connectionId: store.id } });
  };
}
