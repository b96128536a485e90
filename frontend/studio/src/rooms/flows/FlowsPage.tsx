import { IconRoute } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { LinkButton } from '../../ui/LinkButton';
import { ListStates } from '../../ui/ListStates';
import page from '../../ui/Page.module.css';
import { Status } from '../../ui/Status';
import { rowLink, Table, Two, type Column } from '../../ui/Table';
import { useWords, type Words } from '../../words/Words';
import { flowsQuery, type Row } from './queries';

/** What the shop tells people by itself, with the numbers of the last days. */
export function FlowsPage() {
  const words = useWords();
  const { t } = words;
  const { data, error, refetch } = useQuery(flowsQuery);
  const days = data?.items[0]?.numbers.days ?? 30;
  return (
    <div className={page.page}>
      <title>{`${t('flows.title')} · ${t('appName')}`}</title>
      <div className={page.titles}>
        <h1>{t('flows.title')}</h1>
        <p className={page.lead}>{t('flows.lead', { days })}</p>
      </div>
      <ListStates
        error={data ? null : error}
        empty={data?.items.length === 0}
        filtered={false}
        onClear={() => undefined}
        onRetry={() => void refetch()}
        nothing={{ icon: IconRoute, title: t('flows.none'), text: t('flows.none.text'), action: <LinkButton variant="default" to="/orders">{t('empty.orders')}</LinkButton> }}
      >
        <Table label={t('flows.title')} columns={columns(words)} rows={data?.items} keyOf={(row) => row.id} />
      </ListStates>
    </div>
  );
}

/** A share of the mails sent, with the count it comes from. */
export function share(part: number, of: number): string {
  return of > 0 ? `${Math.round((part / of) * 100)} %` : '–';
}

function columns({ t, word, number }: Words): Column<Row>[] {
  const figure = (value: number) => <span className={value === 0 ? 'muted num' : 'num'}>{number(value)}</span>;
  const summary = ({ numbers }: Row) => [`${t('flows.col.entered')} ${number(numbers.entered)}`, `${t('flows.col.sent')} ${number(numbers.sent)}`, `${t('flows.col.opened')} ${share(numbers.opened, numbers.sent)}`].join(' · ');
  const count = (key: 'entered' | 'inside' | 'finished' | 'sent', label: string): Column<Row> => ({ key, label, width: '88px', end: true, cell: (row) => figure(row.numbers[key]) });
  return [
    {
      key: 'flow', label: t('flows.col.flow'), width: 'minmax(0, 1.8fr)', area: 'a',
      cell: (row) => (
        <Two
          first={<Link to="/flows/$flowId" params={{ flowId: row.id }} className={rowLink}>{row.name}</Link>}
          second={row.drafted ? t('flows.drafted') : row.events.map((event) => word('event', event)).join(', ')}
          third={summary(row)}
        />
      ),
    },
    { key: 'state', label: t('flows.col.state'), width: '104px', area: 'b', cell: (row) => <Status kind="fstate" value={row.state} /> },
    count('entered', t('flows.col.entered')),
    count('inside', t('flows.col.inside')),
    count('finished', t('flows.col.finished')),
    count('sent', t('flows.col.sent')),
    { key: 'opened', label: t('flows.col.opened'), width: '88px', end: true, cell: ({ numbers }) => <Two first={<span className="num">{share(numbers.opened, numbers.sent)}</span>} second={numbers.opened > 0 && number(numbers.opened)} /> },
    { key: 'clicked', label: t('flows.col.clicked'), width: '88px', end: true, cell: ({ numbers }) => <Two first={<span className="num">{share(numbers.clicked, numbers.sent)}</span>} second={numbers.clicked > 0 && number(numbers.clicked)} /> },
  ];
}
