import { Skeleton } from '@mantine/core';
import type { Schemas } from '@comeback/api';
import { IconCircleCheck, IconMinus, IconTrendingDown, IconTrendingUp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { overviewQuery, sessionQuery } from '../../data/queries';
import { Empty } from '../../ui/Empty';
import { LinkButton } from '../../ui/LinkButton';
import { Trouble } from '../../ui/Trouble';
import { useWords } from '../../words/Words';
import { Needs } from './Needs';
import classes from './OverviewPage.module.css';

const Charts = lazy(() => import('./Charts').then((m) => ({ default: m.Charts })));
const Checklist = lazy(() => import('../welcome/Checklist').then((m) => ({ default: m.Checklist })));

type Number = Schemas['NumberOut'];

export function OverviewPage() {
  const { t } = useWords();
  const { data: session } = useQuery({ ...sessionQuery, enabled: false });
  const { data, error, refetch } = useQuery(overviewQuery);
  const first = session?.staff.name.split(' ')[0] ?? '';
  return (
    <div className={classes.page}>
      <title>{`${t('overview.title')} · ${t('appName')}`}</title>
      <h1>{t('overview.hello', { name: first })}</h1>
      {session?.permissions.includes('settings:read') && <Suspense><Checklist /></Suspense>}
      {error && !data ? <Trouble error={error} onRetry={() => void refetch()} /> : <Body data={data} />}
      {data && (
        <section className={classes.needs} aria-labelledby="charts">
          <h2 id="charts">{t('charts.title')}</h2>
          <Suspense><Charts /></Suspense>
        </section>
      )}
    </div>
  );
}

function Body({ data }: { data: Schemas['OverviewOut'] | undefined }) {
  const { t } = useWords();
  return (
    <>
      <dl className={classes.numbers}>
        {data ? data.numbers.map((n) => <Figure key={n.key} number={n} />) : [0, 1, 2, 3].map((i) => <Skeleton key={i} height={128} radius={14} />)}
      </dl>
      <section className={classes.needs} aria-labelledby="needs">
        <h2 id="needs">{t('overview.needs')}</h2>
        {!data ? (
          [0, 1].map((i) => <Skeleton key={i} height={120} radius={14} />)
        ) : data.needs.length === 0 ? (
          <div className="card">
            <Empty icon={IconCircleCheck} title={t('overview.clear')} text={t('overview.clear.text')} action={<LinkButton variant="default" to="/orders">{t('overview.clear.action')}</LinkButton>} />
          </div>
        ) : (
          <Needs needs={data.needs} />
        )}
      </section>
    </>
  );
}

const GOOD_WHEN_DOWN = new Set(['delayed', 'open_returns']);

function Figure({ number }: { number: Number }) {
  const { t, money, number: plain } = useWords();
  const show = (value: number) => (number.currency ? money(value, number.currency) : plain(value));
  const change = number.previous === null ? null : number.value - number.previous;
  const good = change === null || change === 0 ? undefined : change > 0 !== GOOD_WHEN_DOWN.has(number.key);
  const Trend = !change ? IconMinus : change > 0 ? IconTrendingUp : IconTrendingDown;
  return (
    <div className={`card ${classes.figure}`}>
      <dt>{t(`overview.${number.key}`)}</dt>
      <dd className={classes.value}>{show(number.value)}</dd>
      {change !== null && (
        <dd className={classes.change} data-good={number.key === 'in_transit' ? undefined : good}>
          <Trend size={16} aria-hidden />
          {change === 0 ? t('overview.same') : t('overview.versus', { change: `${change > 0 ? '+' : '−'}${show(Math.abs(change))}` })}
        </dd>
      )}
    </div>
  );
}
