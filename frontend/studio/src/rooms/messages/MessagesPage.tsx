import { IconMail } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { PILES, type Days, type Pile } from '../../data/filters';
import { Filter } from '../../ui/Filter';
import { LinkButton } from '../../ui/LinkButton';
import { ListStates } from '../../ui/ListStates';
import page from '../../ui/Page.module.css';
import { periods } from '../../ui/periods';
import { Status } from '../../ui/Status';
import { rowLink, Table, Two, type Column } from '../../ui/Table';
import { useWords, type Words } from '../../words/Words';
import { reactions, subjectOf } from '../orders/Messages';
import { MessageDrawer } from './MessageDrawer';
import { messagesQuery, type Row } from './queries';
import { whyNot } from './why';

const route = getRouteApi('/app/messages');

/** Every message with what became of it; one of them opens at the side with its reasons. */
export function MessagesPage() {
  const words = useWords();
  const { t, word } = words;
  const { open, ...wanted } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(messagesQuery(wanted));
  const rows = query.data?.pages.flatMap((one) => one.items);
  const filter = (more: Partial<typeof wanted>) => void navigate({ search: (old) => ({ ...old, ...more, open: undefined }), replace: true });
  const templates = query.data?.pages[0]?.templates ?? [];
  return (
    <div className={page.page}>
      <title>{`${t('messages.title')} · ${t('appName')}`}</title>
      <h1>{t('messages.title')}</h1>
      <div className={page.filters}>
        <Filter label={t('messages.filter.pile')} all={t('messages.all.pile')} value={wanted.pile} options={PILES.map((value) => ({ value, label: t(`pile.${value}`) }))} onChange={(value) => filter({ pile: value as Pile | undefined })} />
        <Filter label={t('messages.filter.kind')} all={t('messages.all.kind')} value={wanted.kind} options={(['service', 'marketing'] as const).map((value) => ({ value, label: t(`class.${value}`) }))} onChange={(value) => filter({ kind: value as 'service' | 'marketing' | undefined })} />
        <Filter label={t('messages.filter.template')} all={t('messages.all.template')} value={wanted.template} options={templates.map((value) => ({ value, label: word('template', value) }))} onChange={(template) => filter({ template })} />
        <Filter label={t('filters.period')} all={t('filters.all.period')} value={wanted.days} options={periods(t)} onChange={(days) => filter({ days: days as Days | undefined })} />
      </div>
      <ListStates
        error={query.data ? null : query.error}
        empty={rows?.length === 0}
        filtered={Object.values(wanted).some(Boolean)}
        onClear={() => void navigate({ search: {}, replace: true })}
        onRetry={() => void query.refetch()}
        nothing={{ icon: IconMail, title: t('messages.none'), text: t('messages.none.text'), action: <LinkButton variant="default" to="/flows">{t('messages.none.action')}</LinkButton> }}
      >
        <Table label={t('messages.title')} columns={columns(words)} rows={rows} keyOf={(row) => row.message.id} current={open} more={{ has: query.hasNextPage, busy: query.isFetchingNextPage, load: () => void query.fetchNextPage() }} />
      </ListStates>
      {open && <MessageDrawer id={open} onClose={() => void navigate({ search: (old) => ({ ...old, open: undefined }), replace: true, resetScroll: false })} />}
    </div>
  );
}

function columns(words: Words): Column<Row>[] {
  const { t, word, ago } = words;
  const stopped = (message: Row['message']) => (message.accepted_at && message.state === 'accepted' ? undefined : message.why && whyNot(message.why, words));
  return [
    {
      key: 'message', label: t('messages.col.message'), width: 'minmax(0, 1.8fr)', area: 'a',
      cell: ({ message }) => (
        <Two
          first={<Link to="/messages" search={(old) => ({ ...old, open: message.id })} activeProps={{}} resetScroll={false} className={rowLink}>{subjectOf(message, words)}</Link>}
          second={[word('template', message.template), word('class', message.kind)].join(' · ')}
          third={stopped(message)}
        />
      ),
    },
    { key: 'to', label: t('messages.col.recipient'), width: 'minmax(0, 1.1fr)', area: 'c', cell: (row) => <Two first={row.customer?.name || row.message.recipient} second={row.order_number ?? row.message.recipient} /> },
    { key: 'state', label: t('messages.col.state'), width: 'minmax(140px, 1fr)', area: 'b', cell: ({ message }) => <Two first={<Status kind="mstate" value={message.state} />} second={stopped(message)} /> },
    { key: 'reactions', label: t('messages.col.reactions'), width: 'minmax(0, 1fr)', area: 'e', cell: ({ message }) => <span className={reactions(message, words) ? undefined : 'muted'}>{reactions(message, words) || (message.accepted_at ? t('messages.noReaction') : '')}</span> },
    { key: 'at', label: t('messages.col.at'), width: '96px', end: true, area: 'd', cell: ({ message }) => <span className="muted num">{ago(message.accepted_at ?? message.at)}</span> },
  ];
}
