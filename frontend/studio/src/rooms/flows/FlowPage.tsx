import { Button, Skeleton } from '@mantine/core';
import { IconArrowLeft, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { sentence } from '../../data/problem';
import { sessionQuery } from '../../data/queries';
import { Dialog } from '../../ui/Dialog';
import page from '../../ui/Page.module.css';
import { Status } from '../../ui/Status';
import { useToast } from '../../ui/Toasts';
import { Trouble } from '../../ui/Trouble';
import { useWords } from '../../words/Words';
import classes from './FlowPage.module.css';
import { share } from './FlowsPage';
import { flowQuery, useMove, type Detail, type Move } from './queries';
import { Steps } from './Steps';

const route = getRouteApi('/app/flows/$flowId');

export function FlowPage() {
  const { t } = useWords();
  const { flowId } = route.useParams();
  const { data, error, refetch } = useQuery(flowQuery(flowId));
  return (
    <div className={page.page} data-narrow>
      <Link to="/flows" className={page.back}><IconArrowLeft size={18} aria-hidden />{t('flow.back')}</Link>
      {error && !data ? <div className="card"><Trouble error={error} onRetry={() => void refetch()} /></div> : data ? <Loaded item={data} key={data.flow.id} /> : <><Skeleton height={96} radius={14} /><Skeleton height={320} radius={14} /></>}
    </div>
  );
}

function Loaded({ item }: { item: Detail }) {
  const { t, number } = useWords();
  const { data: session } = useQuery({ ...sessionQuery, enabled: false });
  const { flow } = item;
  const { numbers } = flow;
  const figures: [string, string, string?][] = [
    [t('flows.col.entered'), number(numbers.entered)],
    [t('flows.col.inside'), number(numbers.inside)],
    [t('flows.col.finished'), number(numbers.finished)],
    [t('flows.col.sent'), number(numbers.sent)],
    [t('flows.col.opened'), share(numbers.opened, numbers.sent), numbers.opened > 0 ? number(numbers.opened) : undefined],
    [t('flows.col.clicked'), share(numbers.clicked, numbers.sent), numbers.clicked > 0 ? number(numbers.clicked) : undefined],
  ];
  return (
    <>
      <title>{`${flow.name} · ${t('appName')}`}</title>
      <header className={page.head}>
        <div className={page.titles}>
          <h1>{flow.name}</h1>
          <p className={`${page.lead} ${classes.lead}`}>
            <Status kind="fstate" value={flow.state} />
            {[flow.version && t('flow.version', { version: flow.version }), flow.drafted && t('flows.drafted')].filter(Boolean).join(' · ')}
          </p>
        </div>
        {flow.state !== 'draft' && session?.permissions.includes('flows:write') && <Mover item={item} />}
      </header>
      <dl className={`card ${page.figures} ${classes.figures}`}>
        {figures.map(([label, value, more]) => <div key={label}><dt>{label}</dt><dd className="num">{value}</dd>{more && <dd className="num">{more}</dd>}</div>)}
      </dl>
      <Steps item={item} />
    </>
  );
}

/** Pausing and going on: asked first, because people wait in it; taken back by the toast. */
function Mover({ item: { flow } }: { item: Detail }) {
  const { t } = useWords();
  const toast = useToast();
  const [asking, setAsking] = useState(false);
  const { mutate, isPending } = useMove(flow.id);
  const move: Move = flow.state === 'live' ? 'pause' : 'resume';
  const MoveIcon = move === 'pause' ? IconPlayerPause : IconPlayerPlay;
  const fail = (error: Error) => toast({ text: sentence(error, t), tone: 'bad' });
  const go = (wanted: Move, undoable: boolean) =>
    mutate(wanted, {
      onSuccess: () => {
        setAsking(false);
        const back = wanted === 'pause' ? 'resume' : 'pause';
        const text = t(wanted === 'pause' ? 'flow.paused' : 'flow.resumed', { name: flow.name });
        toast(undoable ? { text, duration: 8000, action: { label: t('undo'), run: () => go(back, false) } } : { text });
      },
      onError: fail,
    });
  return (
    <>
      <Button variant="default" leftSection={<MoveIcon size={16} aria-hidden />} onClick={() => setAsking(true)}>{t(`flow.${move}`)}</Button>
      {asking && (
        <Dialog title={t(`flow.${move}.title`, { name: flow.name })} onClose={() => setAsking(false)}>
          <div className={classes.ask}>
            <p>{flow.numbers.inside === 0 ? t(`flow.${move}.empty`) : t(`flow.${move}.text`, { count: flow.numbers.inside })}</p>
            <div className={classes.buttons}>
              <Button variant="default" onClick={() => setAsking(false)}>{t('cancel')}</Button>
              <Button data-autofocus loading={isPending} onClick={() => go(move, true)}>{t(`flow.${move}.submit`)}</Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}
