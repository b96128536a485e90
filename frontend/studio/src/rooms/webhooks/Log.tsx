import { Button } from '@mantine/core';
import { api, body } from '@comeback/api';
import { IconAlertTriangle, IconCheck, IconClock, IconRefresh, IconSend } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { DELIVERY_STATES, type DeliveryState } from '../../data/filters';
import { Confirm } from '../../ui/Confirm';
import { Filter } from '../../ui/Filter';
import { ListStates } from '../../ui/ListStates';
import page from '../../ui/Page.module.css';
import { rowLink, Table, Two, type Column } from '../../ui/Table';
import { Tag } from '../../ui/Tag';
import { useToast } from '../../ui/Toasts';
import { useWords, type Words } from '../../words/Words';
import { DeliveryDrawer } from './DeliveryDrawer';
import { deliveriesQuery, refresh, type Delivery, type Endpoint } from './queries';

const route = getRouteApi('/app/settings/webhooks/$webhookId');
const LOOKS = { due: ['neutral', IconClock], running: ['info', IconSend], delivered: ['good', IconCheck], failed: ['bad', IconAlertTriangle] } as const;

export function DeliveryTag({ state }: { state: string }) {
  const { word } = useWords();
  const [tone, icon] = LOOKS[state as DeliveryState] ?? LOOKS.due;
  return <Tag tone={tone} icon={icon}>{word('hstate', state)}</Tag>;
}

/** Everything that was sent to one receiver or waits for it; one of them opens at the side. */
export function Log({ hook, may }: { hook: Endpoint; may: boolean }) {
  const words = useWords();
  const { t, word } = words;
  const { open, state } = route.useSearch();
  const navigate = route.useNavigate();
  const [again, setAgain] = useState(false);
  const query = useInfiniteQuery(deliveriesQuery(hook.id, state));
  const rows = query.data?.pages.flatMap((one) => one.items);
  const filter = (wanted: DeliveryState | undefined) => void navigate({ search: { state: wanted }, replace: true, resetScroll: false });
  return (
    <section className={page.stack} aria-label={t('hooks.log')}>
      <div className={page.head}>
        <h2>{t('hooks.log')}</h2>
        <div className={page.filters} style={{ display: 'flex' }}>
          {may && hook.failed > 0 && <Button size="xs" variant="default" leftSection={<IconRefresh size={16} aria-hidden />} onClick={() => setAgain(true)}>{t('hooks.replayAll')}</Button>}
          <Filter label={t('hooks.log.state')} all={t('hooks.log.all')} value={state} options={DELIVERY_STATES.map((value) => ({ value, label: word('hstate', value) }))} onChange={(value) => filter(value as DeliveryState | undefined)} />
        </div>
      </div>
      <ListStates
        error={query.data ? null : query.error}
        empty={rows?.length === 0}
        filtered={state !== undefined}
        onClear={() => filter(undefined)}
        onRetry={() => void query.refetch()}
        nothing={{ icon: IconSend, title: t('hooks.log.none'), text: t('hooks.log.none.text') }}
      >
        <Table label={t('hooks.log')} columns={columns(words, hook.id)} rows={rows} keyOf={(row) => row.id} current={open} more={{ has: query.hasNextPage, busy: query.isFetchingNextPage, load: () => void query.fetchNextPage() }} />
      </ListStates>
      {open && <DeliveryDrawer id={open} may={may} onClose={() => void navigate({ search: { state }, replace: true, resetScroll: false })} />}
      {again && <ReplayAll hook={hook} onClose={() => setAgain(false)} />}
    </section>
  );
}

function columns({ t, ago, dateTime }: Words, webhookId: string): Column<Delivery>[] {
  const answer = (row: Delivery) => (row.status ? t('hooks.status', { status: String(row.status) }) : row.tries > 0 ? t('hooks.noAnswer') : '');
  const next = (row: Delivery) => (row.state === 'due' && row.tries > 0 ? `, ${t('hooks.next', { when: ago(row.due_at) })}` : '');
  return [
    {
      key: 'event', label: t('hooks.col.event'), width: 'minmax(0, 2fr)', area: 'a',
      cell: (row) => (
        <Two
          first={<Link to="/settings/webhooks/$webhookId" params={{ webhookId }} search={(old) => ({ ...old, open: row.id })} activeProps={{}} resetScroll={false} className={rowLink}>{row.event}</Link>}
          second={row.error && row.state !== 'delivered' ? row.error : undefined}
        />
      ),
    },
    { key: 'state', label: t('hooks.col.state'), width: 'minmax(0, 1fr)', area: 'b', cell: (row) => <DeliveryTag state={row.state} /> },
    { key: 'answer', label: t('hooks.col.answer'), width: 'minmax(0, 1.2fr)', area: 'c', cell: (row) => <Two first={answer(row)} second={row.tries > 0 && t('hooks.tries', { count: row.tries }) + next(row)} /> },
    { key: 'at', label: t('hooks.col.at'), width: '112px', end: true, area: 'd', cell: (row) => <span className="muted num" title={dateTime(row.created_at)}>{ago(row.created_at)}</span> },
  ];
}

function ReplayAll({ hook, onClose }: { hook: Endpoint; onClose(): void }) {
  const { t } = useWords();
  const toast = useToast();
  const client = useQueryClient();
  const replay = useMutation({
    mutationFn: () => body(api.POST('/api/v1/webhooks/{webhook_id}/replay', { params: { path: { webhook_id: hook.id } }, body: { since: hook.created_at } })),
    onSuccess: ({ count }) => {
      toast({ text: t('hooks.replayAll.done', { count }) });
      void refresh(client);
      onClose();
    },
  });
  return (
    <Confirm title={t('hooks.replayAll.title', { count: hook.failed })} action={t('hooks.replay')} busy={replay.isPending} error={replay.error} onClose={onClose} onConfirm={() => replay.mutate()}>
      {t('hooks.replayAll.text')}
    </Confirm>
  );
}
