import { Button } from '@mantine/core';
import type { Schemas } from '@comeback/api';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useReturnAction, type Action } from '../../data/actions';
import { sentence } from '../../data/problem';
import { sessionQuery } from '../../data/queries';
import { useKeys } from '../../shell/keys';
import { useToast } from '../../ui/Toasts';
import { useWords } from '../../words/Words';
import classes from './Detail.module.css';
import { NEEDS } from './permissions';

const Decline = lazy(() => import('./Decline').then((m) => ({ default: m.Decline })));
const Settle = lazy(() => import('./Settle').then((m) => ({ default: m.Settle })));

const KEY: Record<Action, string> = { approve: 'a', decline: 'd', receive: 'r', inspect: 'i', settle: 's' };

interface Props {
  item: Schemas['ReturnDetail'];
  onApprove(): void;
  onInspect(): void;
}

/** What may be done with this return now, by this person; the server decides again on every press. */
export function Actions({ item, onApprove, onInspect }: Props) {
  const { t } = useWords();
  const { data: session } = useQuery({ ...sessionQuery, enabled: false });
  const toast = useToast();
  const { mutate, isPending } = useReturnAction(item.id);
  const [dialog, setDialog] = useState<'decline' | 'settle' | null>(null);
  const allowed = item.actions.filter((action) => session?.permissions.includes(NEEDS[action]));
  const receive = () =>
    mutate({ action: 'receive' }, {
      onSuccess: () => toast({ text: t('done.receive', { number: item.number }) }),
      onError: (error) => toast({ text: sentence(error, t), tone: 'bad' }),
    });
  const run: Record<Action, () => void> = {
    approve: onApprove,
    decline: () => setDialog('decline'),
    receive,
    inspect: onInspect,
    settle: () => setDialog('settle'),
  };
  useKeys(Object.fromEntries(allowed.map((action) => [KEY[action], run[action]])));
  const buttons = allowed.filter((action) => action !== 'inspect');
  const main = buttons.find((action) => action !== 'decline');
  return (
    <div className={classes.actions}>
      {[...buttons].reverse().map((action) => (
        <Button key={action} variant={action === main ? 'filled' : 'default'} loading={action === 'receive' && isPending} onClick={run[action]} rightSection={<kbd className={classes.kbd} aria-hidden>{KEY[action].toUpperCase()}</kbd>}>
          {t(`action.${action}`)}
        </Button>
      ))}
      <Suspense>
        {dialog === 'decline' && <Decline item={item} onClose={() => setDialog(null)} />}
        {dialog === 'settle' && <Settle item={item} onClose={() => setDialog(null)} />}
      </Suspense>
    </div>
  );
}
