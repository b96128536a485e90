import { Button } from '@mantine/core';
import { Problem, type Schemas } from '@comeback/api';
import { useReturnAction } from '../../data/actions';
import { sentence } from '../../data/problem';
import { Dialog } from '../../ui/Dialog';
import { useToast } from '../../ui/Toasts';
import { useWords, type Words } from '../../words/Words';
import { Breakdown } from './Breakdown';
import classes from './Detail.module.css';

type Money = Schemas['MoneyOut'];

/** The button says the exact amount; the server refuses when it would be another one. */
export function confirmation({ t, money }: Pick<Words, 't' | 'money'>, sums: Money): string {
  const refund = money(sums.refund_total, sums.currency);
  const credit = money(sums.credit_total + sums.bonus_total, sums.currency);
  if (sums.refund_total > 0 && sums.credit_total > 0) return t('settle.both', { amount: refund, credit });
  if (sums.refund_total > 0) return t('settle.refund', { amount: refund });
  if (sums.credit_total > 0) return t('settle.credit', { amount: credit });
  return t('settle.none');
}

export function Settle({ item, onClose }: { item: Schemas['ReturnDetail']; onClose(): void }) {
  const words = useWords();
  const { t } = words;
  const toast = useToast();
  const { mutate, isPending, error } = useReturnAction(item.id);
  const sums = item.due ?? item.quoted;
  const changed = error instanceof Problem && error.slug === 'settlement-changed';
  const confirm = () =>
    mutate({ action: 'settle', refund_total: sums.refund_total, credit_total: sums.credit_total }, {
      onSuccess: () => {
        toast({ text: t('done.settle', { number: item.number }) });
        onClose();
      },
    });
  return (
    <Dialog title={t('settle.title', { number: item.number })} onClose={onClose}>
      <div className={classes.dialog}>
        <Breakdown money={sums} />
        {sums.refund_total > 0 && <p className="muted">{t('settle.text')}</p>}
        <p role="alert" className={classes.error}>{error && (changed ? t('settle.changed') : sentence(error, t))}</p>
        <div className={classes.dialogButtons}>
          <Button variant="default" onClick={onClose}>{t('cancel')}</Button>
          <Button data-autofocus loading={isPending} onClick={confirm}>{confirmation(words, sums)}</Button>
        </div>
      </div>
    </Dialog>
  );
}
