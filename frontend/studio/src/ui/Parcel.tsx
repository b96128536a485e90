import type { Schemas } from '@comeback/api';
import { IconExternalLink } from '@tabler/icons-react';
import { humanise } from '../words/messages';
import { useWords, type Words } from '../words/Words';
import { Copy } from './Copy';
import classes from './Parcel.module.css';
import { deliveryOf, stepOf, STEPS } from './parcelSteps';
import { Picture } from './Picture';
import { Section } from './Section';
import { Status } from './Status';

type ParcelOut = Schemas['ParcelOut'];

/** When it arrives, in words: delivered, a day, or a range; the first promise is named when it was moved. */
export function headline(parcel: ParcelOut, { t, days, dateTime }: Pick<Words, 't' | 'days' | 'dateTime'>): string | null {
  if (parcel.delivered_at) return t('parcel.delivered', { date: dateTime(parcel.delivered_at) });
  if (!parcel.eta_until) return null;
  const text = t('parcel.eta', { date: days(parcel.eta_from ?? parcel.eta_until, parcel.eta_until) });
  const first = parcel.eta_original_until;
  if (!first || days(first, first) === days(parcel.eta_until, parcel.eta_until)) return text;
  return `${text}, ${t('parcel.etaMoved', { date: days(first, first) })}`;
}

export function Parcel({ parcel, title }: { parcel: ParcelOut; title: string }) {
  const words = useWords();
  const { t } = words;
  const promise = headline(parcel, words);
  return (
    <Section title={title} aside={<Status kind="delivery" value={deliveryOf(parcel)} />}>
      <div className={classes.parcel}>
        <p className={classes.number}>
          <span>{humanise(parcel.carrier).toUpperCase()}</span>
          {parcel.tracking_number ? (
            <>
              <span className={`ellipsis ${classes.mono}`}>{parcel.tracking_number}</span>
              <Copy text={parcel.tracking_number} label={t('parcel.copy')} />
            </>
          ) : (
            <span className="muted">{t('parcel.noNumber')}</span>
          )}
          {parcel.tracking_url && (
            <a className={classes.icon} href={parcel.tracking_url} target="_blank" rel="noreferrer" aria-label={t('parcel.track')} title={t('parcel.track')}>
              <IconExternalLink size={16} aria-hidden />
            </a>
          )}
        </p>
        {promise && <p className={classes.promise}>{promise}</p>}
        {(parcel.delay ?? parcel.reason) && <p className={classes.reason}>{parcel.delay ? t('parcel.late', { reason: humanise(parcel.delay).toLowerCase() }) : humanise(parcel.reason ?? '')}</p>}
        {parcel.direction === 'outbound' && <Steps parcel={parcel} />}
        {parcel.lines.length > 0 && <Contents parcel={parcel} />}
        <Scans parcel={parcel} />
      </div>
    </Section>
  );
}

export function Steps({ parcel }: { parcel: ParcelOut }) {
  const { t, date } = useWords();
  const now = stepOf(parcel);
  const when = new Map(parcel.milestones.map((m) => [m.name, m.occurred_at]));
  return (
    <ol className={classes.steps}>
      {STEPS.map((step, i) => {
        const at = when.get(step) ?? (step === 'shipped' ? parcel.shipped_at : null);
        return (
          <li key={step} data-done={i <= now || undefined} aria-current={i === now ? 'step' : undefined}>
            <span>{t(`step.${step}`)}</span>
            <span className="muted">{at && i <= now ? date(at).replace(/\s\d{4}$/, '') : ' '}</span>
          </li>
        );
      })}
    </ol>
  );
}

function Contents({ parcel }: { parcel: ParcelOut }) {
  return (
    <ul className={classes.contents}>
      {parcel.lines.map((line, i) => (
        <li key={`${line.title}${i}`}>
          <Picture src={line.image_url} size={32} />
          <span className="ellipsis">{line.quantity} × {line.title}</span>
        </li>
      ))}
    </ul>
  );
}

function Scans({ parcel }: { parcel: ParcelOut }) {
  const { t, dateTime } = useWords();
  if (parcel.events.length === 0) return null;
  return (
    <details className={classes.scans}>
      <summary>{t('parcel.scans', { count: parcel.events.length })}</summary>
      {parcel.why && <p className="muted">{t('parcel.why', { why: parcel.why })}</p>}
      <ul>
        {parcel.events.map((event, i) => (
          <li key={`${event.occurred_at}${i}`}>
            <span>{event.description}</span>
            <span className="muted">{[dateTime(event.occurred_at), event.city, event.country].filter(Boolean).join(' · ')}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
