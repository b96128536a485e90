import { IconAlertTriangle, IconArrowBackUp, IconCheck, IconClock, IconMinus, IconSend } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Empty } from '../../ui/Empty';
import page from '../../ui/Page.module.css';
import { rowLink, Table, Two, type Column } from '../../ui/Table';
import { Tag } from '../../ui/Tag';
import { Trouble } from '../../ui/Trouble';
import { useWords, type Words } from '../../words/Words';
import classes from './Connect.module.css';
import { writesQuery, type Store, type Write } from './queries';

const STATES = {
  planned: ['neutral', IconClock],
  sent: ['info', IconSend],
  done: ['good', IconCheck],
  failed: ['bad', IconAlertTriangle],
  skipped: ['neutral', IconMinus],
} as const;

/** What was or will be written into the shop, newest first. */
export function Writes({ store }: { store: Store }) {
  const words = useWords();
  const { t } = words;
  const query = useInfiniteQuery({ ...writesQuery(store.id), refetchInterval: store.open_writes > 0 ? 10_000 : false });
  const rows = query.data?.pages.flatMap((one) => one.items);
  const counts = [store.failed_writes && t('store.writes.failed', { count: store.failed_writes }), store.open_writes && t('store.writes.open', { count: store.open_writes })].filter(Boolean);
  return (
    <section className={page.stack} aria-label={t('store.writes')} style={{ gap: 8 }}>
      <div className={page.head}>
        <h2>{t('store.writes')}</h2>
        {counts.length > 0 && <span className="muted">{counts.join(' · ')}</span>}
      </div>
      {query.error && !query.data ? <div className="card"><Trouble error={query.error} onRetry={() => void query.refetch()} /></div>
        : rows?.length === 0 ? <div className="card"><Empty icon={IconArrowBackUp} title={t('store.writes.none')} text={t('store.writes.none.text')} /></div>
        : <Table label={t('store.writes')} columns={columns(words)} rows={rows} keyOf={(row) => row.id} more={{ has: query.hasNextPage, busy: query.isFetchingNextPage, load: () => void query.fetchNextPage() }} />}
    </section>
  );
}

/** A failure is red; what was left out on purpose only says why. */
const why = (row: Write) => row.problem && <span className={row.state === 'failed' ? classes.failure : classes.reason}>{row.problem}</span>;

function columns({ t, word, ago }: Words): Column<Write>[] {
  return [
    {
      key: 'what', label: t('store.col.what'), width: 'minmax(0, 2fr)', area: 'a',
      cell: (row) => <Two first={<strong>{word('wkind', row.kind)}</strong>} second={row.remote_id} third={why(row)} />,
    },
    {
      key: 'state', label: t('store.col.state'), width: 'minmax(0, 2fr)', area: 'b',
      cell: (row) => {
        const [tone, icon] = STATES[row.state as keyof typeof STATES] ?? STATES.planned;
        return <Two first={<Tag tone={tone} icon={icon}>{word('wstate', row.state)}</Tag>} second={why(row)} />;
      },
    },
    { key: 'order', label: t('store.col.order'), width: 'minmax(0, 1fr)', area: 'c', cell: (row) => row.order_id && <Link className={rowLink} to="/orders/$orderId" params={{ orderId: row.order_id }}>{t('store.order')}</Link> },
    { key: 'at', label: t('store.col.at'), width: '96px', end: true, area: 'd', cell: (row) => <span className="muted num">{ago(row.done_at ?? row.created_at)}</span> },
  ];
}
