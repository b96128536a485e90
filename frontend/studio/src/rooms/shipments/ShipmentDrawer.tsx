import { Skeleton } from '@mantine/core';
import type { Schemas } from '@comeback/api';
import { IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Copy } from '../../ui/Copy';
import { Dialog } from '../../ui/Dialog';
import page from '../../ui/Page.module.css';
import { headline, Steps } from '../../ui/Parcel';
import { deliveryOf } from '../../ui/parcelSteps';
import { Picture } from '../../ui/Picture';
import { Status } from '../../ui/Status';
import { Trouble } from '../../ui/Trouble';
import { humanise } from '../../words/messages';
import { useWords } from '../../words/Words';
import { shipmentQuery } from './queries';
import classes from './ShipmentDrawer.module.css';

type Detail = Schemas['ShipmentDetail'];

/** One parcel beside the list: where it is, why we say so, every scan, the page the customer sees. */
export function ShipmentDrawer({ id, onClose }: { id: string; onClose(): void }) {
  const { t } = useWords();
  const { data, error, refetch } = useQuery(shipmentQuery(id));
  const number = data?.parcel.tracking_number;
  const title = data ? (number ?? t('shipment.noNumber')) : t('shipments.title');
  return (
    <Dialog size="drawer" title={title} subtitle={data ? `${humanise(data.parcel.carrier).toUpperCase()} · ${data.order.number}` : undefined} onClose={onClose}>
      {error && !data ? <Trouble error={error} onRetry={() => void refetch()} /> : data ? <Loaded item={data} /> : (
        <div className={classes.body} aria-hidden><Skeleton height={96} radius={14} /><Skeleton height={160} radius={14} /><Skeleton height={240} radius={14} /></div>
      )}
    </Dialog>
  );
}

function Loaded({ item }: { item: Detail }) {
  const words = useWords();
  const { t, dateTime, country, word } = words;
  const { parcel } = item;
  const promise = headline(parcel, words);
  const reason = parcel.delay ?? parcel.reason;
  return (
    <div className={classes.body}>
      <div className={classes.now}>
        <Status kind="delivery" value={deliveryOf(parcel)} />
        {promise && <p className={classes.promise}>{promise}</p>}
        {reason && <p className={classes.reason}>{word('preason', reason)}</p>}
        {parcel.direction === 'outbound' && <Steps parcel={parcel} />}
      </div>
      <div className={classes.actions}>
        {parcel.tracking_url && <a className={classes.action} href={parcel.tracking_url} target="_blank" rel="noreferrer"><IconExternalLink size={16} aria-hidden />{t('shipment.page')}</a>}
        {parcel.tracking_number && <span className={classes.number}><span className="ellipsis">{parcel.tracking_number}</span><Copy text={parcel.tracking_number} label={t('parcel.copy')} /></span>}
      </div>
      {parcel.why && <section aria-label={t('shipment.why')} className={classes.why}><h3>{t('shipment.why')}</h3><p>{parcel.why.replaceAll('_', ' ')}</p></section>}
      <dl className={page.facts}>
        <div><dt>{t('shipment.order')}</dt><dd><Link to="/orders/$orderId" params={{ orderId: item.order.id }}>{item.order.number}</Link></dd></div>
        {item.return_id && <div><dt>{t('shipment.return')}</dt><dd><Link to="/returns" search={{ tab: 'on_the_way', open: item.return_id }}>{t('parcel.return')}</Link></dd></div>}
        <div><dt>{t('shipment.customer')}</dt><dd><Link to="/customers/$customerId" params={{ customerId: item.customer.id }}>{item.customer.name || t('customers.erased')}</Link></dd></div>
        {item.destination.length > 0 && parcel.direction === 'outbound' && <div><dt>{t('shipment.to')}</dt><dd>{[...item.destination.slice(1), item.country && country(item.country)].filter(Boolean).join(', ')}</dd></div>}
        {parcel.service && <div><dt>{t('shipment.service')}</dt><dd>{humanise(parcel.service)}</dd></div>}
        <div><dt>{t('shipment.lastScan')}</dt><dd>{item.last_scan_at ? dateTime(item.last_scan_at) : t('shipment.noScan')}</dd></div>
      </dl>
      {parcel.lines.length > 0 && (
        <section aria-label={t('shipment.contents')}>
          <h3>{t('shipment.contents')}</h3>
          <ul className={classes.contents}>
            {parcel.lines.map((line, i) => <li key={`${line.title}${i}`}><Picture src={line.image_url} size={40} /><span className="ellipsis">{line.quantity} × {line.title}</span></li>)}
          </ul>
        </section>
      )}
      <Scans item={item} />
    </div>
  );
}

function Scans({ item: { parcel } }: { item: Detail }) {
  const { t, dateTime, country } = useWords();
  return (
    <section aria-label={t('shipment.timeline')}>
      <h3>{t('shipment.timeline')}</h3>
      {parcel.events.length === 0 && <p className="muted">{t('shipment.noScans')}</p>}
      <ol className={classes.scans}>
        {parcel.events.map((event, i) => (
          <li key={`${event.occurred_at}${i}`}>
            <span>{event.description}</span>
            <span className="muted">{[dateTime(event.occurred_at), event.city, event.country && country(event.country)].filter(Boolean).join(' · ')}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
