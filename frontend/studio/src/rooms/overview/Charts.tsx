import { Skeleton } from '@mantine/core';
import type { Schemas } from '@comeback/api';
import { IconTable, IconChartBar } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { chartsQuery } from '../../data/overview';
import { Trouble } from '../../ui/Trouble';
import { humanise } from '../../words/messages';
import { useWords } from '../../words/Words';
import classes from './Charts.module.css';
import { DayChart, type Series } from './DayChart';

type Charts = Schemas['ChartsOut'];

/** The pictures of the first page; each can be read as a table. Its code comes after the numbers are drawn. */
export function Charts() {
  const { t } = useWords();
  const { data, error, refetch } = useQuery(chartsQuery);
  if (error && !data) return <div className="card"><Trouble error={error} onRetry={() => void refetch()} /></div>;
  if (!data) return <div className={classes.grid}>{[0, 1, 2, 3].map((i) => <Skeleton key={i} height={280} radius={14} />)}</div>;
  return (
    <div className={classes.grid}>
      <Days data={data} title={t('charts.parcels')} series={[{ key: 'shipped', label: t('charts.shipped') }, { key: 'delivered', label: t('charts.delivered') }]} />
      <Days data={data} title={t('charts.mails')} series={[{ key: 'mails', label: t('charts.sent') }, { key: 'read', label: t('charts.read') }]} />
      <Reasons data={data.reasons} />
      <Carriers data={data.carriers} />
    </div>
  );
}

function Card({ title, picture, table, empty }: { title: string; picture: ReactNode; table: ReactNode; empty: boolean }) {
  const { t } = useWords();
  const [asTable, setAsTable] = useState(false);
  const Icon = asTable ? IconChartBar : IconTable;
  return (
    <section className={`card ${classes.card}`} aria-label={title}>
      <header>
        <h3>{title}</h3>
        {!empty && (
          <button type="button" className={classes.flip} aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            <Icon size={16} aria-hidden />
            {t(asTable ? 'charts.asChart' : 'charts.asTable')}
            <span className="visually-hidden">: {title}</span>
          </button>
        )}
      </header>
      {empty ? <p className={classes.none}>{t('charts.none')}</p> : asTable ? <div className={classes.table} tabIndex={0} role="group" aria-label={title}>{table}</div> : picture}
    </section>
  );
}

function Days({ data, title, series }: { data: Charts; title: string; series: [Series, Series] }) {
  const { t, day, number } = useWords();
  const empty = data.days.every((row) => series.every(({ key }) => row[key] === 0));
  return (
    <Card
      title={title}
      empty={empty}
      picture={<DayChart days={data.days} series={series} label={title} />}
      table={
        <table>
          <thead><tr><th scope="col">{t('charts.day')}</th>{series.map((s) => <th key={s.key} scope="col">{s.label}</th>)}</tr></thead>
          <tbody>{[...data.days].reverse().map((row) => <tr key={row.day}><th scope="row">{day(row.day)}</th>{series.map((s) => <td key={s.key}>{number(row[s.key])}</td>)}</tr>)}</tbody>
        </table>
      }
    />
  );
}

function Reasons({ data }: { data: Charts['reasons'] }) {
  const { t, word, number } = useWords();
  const most = Math.max(1, ...data.map((row) => row.pieces));
  const name = (reason: string | null) => (reason ? word('reason', reason) : t('charts.noReason'));
  return (
    <Card
      title={t('charts.reasons')}
      empty={data.length === 0}
      picture={
        <dl className={classes.bars}>
          {data.map((row) => (
            <div key={row.reason ?? ''}>
              <dt className="ellipsis">{name(row.reason)}</dt>
              <dd><span className={classes.bar} style={{ width: `${(row.pieces / most) * 100}%` }} /><span className="num">{number(row.pieces)}</span></dd>
            </div>
          ))}
        </dl>
      }
      table={
        <table>
          <thead><tr><th scope="col">{t('charts.reason')}</th><th scope="col">{t('charts.pieces')}</th></tr></thead>
          <tbody>{data.map((row) => <tr key={row.reason ?? ''}><th scope="row">{name(row.reason)}</th><td>{number(row.pieces)}</td></tr>)}</tbody>
        </table>
      }
    />
  );
}

/** On time is a table by nature; the bar beside the share is for the eye. */
function Carriers({ data }: { data: Charts['carriers'] }) {
  const { t, number, percent } = useWords();
  return (
    <section className={`card ${classes.card}`} aria-label={t('charts.carriers')}>
      <header><h3>{t('charts.carriers')}</h3></header>
      {data.length === 0 ? <p className={classes.none}>{t('charts.none')}</p> : (
        <div className={classes.table} tabIndex={0} role="group" aria-label={t('charts.carriers')}>
          <table>
            <thead><tr><th scope="col">{t('charts.carrier')}</th><th scope="col">{t('charts.onTime')}</th><th scope="col">{t('charts.delivered')}</th><th scope="col">{t('charts.median')}</th></tr></thead>
            <tbody>
              {data.map((row) => (
                <tr key={row.carrier}>
                  <th scope="row">{row.carrier.length <= 4 ? row.carrier.toUpperCase() : humanise(row.carrier)}</th>
                  <td><span className={classes.share} aria-hidden><span style={{ width: `${(row.on_time / row.delivered) * 100}%` }} /></span>{percent(row.on_time / row.delivered)}</td>
                  <td>{number(row.delivered)}</td>
                  <td>{row.median_hours === null ? '–' : t('charts.days', { count: Math.round((row.median_hours / 24) * 10) / 10 })}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
