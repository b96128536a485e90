import { Button, Skeleton } from '@mantine/core';
import { IconArrowLeft, IconCheck, IconRotate } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { sentence } from '../../data/problem';
import { useKeys } from '../../shell/keys';
import { Filter } from '../../ui/Filter';
import page from '../../ui/Page.module.css';
import { Status } from '../../ui/Status';
import { useToast } from '../../ui/Toasts';
import { Trouble } from '../../ui/Trouble';
import { useWords } from '../../words/Words';
import { useMay } from '../settings/useMay';
import { OrderCard } from './OrderCard';
import { ticketQuery, useTicket, type Detail as Item } from './queries';
import { Reply } from './Reply';
import classes from './TicketsPage.module.css';

export function Detail({ id, onBack }: { id: string; onBack(): void }) {
  const { t } = useWords();
  const { data, error, refetch } = useQuery(ticketQuery(id));
  return (
    <div className={classes.one}>
      <button type="button" className={classes.back} onClick={onBack}><IconArrowLeft size={18} aria-hidden />{t('tickets.title')}</button>
      {error && !data ? <div className="card"><Trouble error={error} onRetry={() => void refetch()} /></div> : data ? <Loaded item={data} /> : (
        <div className={page.stack} aria-hidden><Skeleton height={72} radius={14} /><Skeleton height={320} radius={14} /><Skeleton height={160} radius={14} /></div>
      )}
    </div>
  );
}

function Loaded({ item }: { item: Item }) {
  const { t } = useWords();
  const { ticket } = item.ticket;
  return (
    <>
      <Head item={item} />
      <div className={classes.columns}>
        <div className={page.stack}>
          <Thread item={item} />
          <Answer item={item} key={ticket.id} />
        </div>
        <div className={page.stack}>
          {item.order ? <OrderCard order={item.order} /> : <p className={`card ${classes.noOrder} muted`}>{t('ticket.noOrder')}</p>}
        </div>
      </div>
    </>
  );
}

function Head({ item }: { item: Item }) {
  const { t } = useWords();
  const { ticket } = item.ticket;
  const may = useMay('tickets:write');
  const toast = useToast();
  const { mutate, isPending } = useTicket(ticket.id);
  const closed = ticket.state === 'closed';
  const onError = (error: Error) => void toast({ text: sentence(error, t) });
  const turn = () => {
    if (may && !isPending) mutate({ action: closed ? 'reopen' : 'close' }, { onError, onSuccess: () => void toast({ text: t(closed ? 'ticket.reopened' : 'ticket.closed', { number: ticket.number }) }) });
  };
  useKeys({ c: turn });
  return (
    <header className={classes.title}>
      <div className={page.titles}>
        <h2>{ticket.subject}</h2>
        <p className={page.lead}>
          <Status kind="tstate" value={ticket.state} /> {ticket.number} · <Link to="/customers/$customerId" params={{ customerId: ticket.customer_id }}>{item.customer.name || t('customers.erased')}</Link>
          {item.others > 0 && ` · ${t('ticket.others', { count: item.others })}`}
        </p>
      </div>
      {may && (
        <div className={page.filters}>
          <Filter label={t('ticket.assignee')} all={t('ticket.nobody')} value={ticket.assignee_id ?? undefined} options={item.staff.map((one) => ({ value: one.id, label: one.name }))} onChange={(staff) => mutate({ action: 'assign', staff_id: staff ?? null }, { onError })} />
          <Button variant="default" size="sm" loading={isPending} leftSection={closed ? <IconRotate size={16} aria-hidden /> : <IconCheck size={16} aria-hidden />} onClick={turn}>{t(closed ? 'ticket.reopen' : 'ticket.close')}</Button>
        </div>
      )}
    </header>
  );
}

function Thread({ item }: { item: Item }) {
  const { t, dateTime } = useWords();
  return (
    <ol className={classes.thread} aria-label={t('ticket.thread')}>
      {item.ticket.thread.map((said) => (
        <li key={said.id} data-direction={said.direction}>
          <p className={classes.said}>
            <span className={classes.strong}>{said.author || t('customers.erased')}</span>
            {said.direction === 'note' && <span className={classes.note}>{t('ticket.note')}</span>}
            <time className="num" dateTime={said.at}>{dateTime(said.at)}</time>
            {said.mail_state && said.mail_state !== 'accepted' && <Status kind="mstate" value={said.mail_state} />}
            {said.direction === 'out' && !said.mail_state && <span>{t('ticket.noMail')}</span>}
          </p>
          <p className={classes.words}>{said.body}</p>
        </li>
      ))}
    </ol>
  );
}

function Answer({ item }: { item: Item }) {
  const may = useMay('tickets:write');
  const field = useRef<HTMLTextAreaElement>(null);
  useKeys({ r: () => field.current?.focus() });
  return may ? <Reply item={item} field={field} /> : null;
}
