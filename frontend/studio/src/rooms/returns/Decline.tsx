import { Button, Textarea } from '@mantine/core';
import type { Schemas } from '@comeback/api';
import { useState, type FormEvent } from 'react';
import { useReturnAction } from '../../data/actions';
import { sentence } from '../../data/problem';
import { Dialog } from '../../ui/Dialog';
import { useToast } from '../../ui/Toasts';
import { useWords } from '../../words/Words';
import classes from './Detail.module.css';

export function Decline({ item, onClose }: { item: Schemas['ReturnDetail']; onClose(): void }) {
  const { t } = useWords();
  const toast = useToast();
  const { mutate, isPending, error } = useReturnAction(item.id);
  const [reason, setReason] = useState('');
  const [short, setShort] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setShort(reason.trim().length < 3);
    if (reason.trim().length < 3) return;
    mutate({ action: 'decline', reason: reason.trim() }, {
      onSuccess: () => {
        toast({ text: t('done.decline', { number: item.number }) });
        onClose();
      },
    });
  };
  return (
    <Dialog title={t('decline.title', { number: item.number })} onClose={onClose}>
      <form onSubmit={submit} className={classes.dialog}>
        <Textarea data-autofocus label={t('decline.reason')} description={t('decline.hint')} rows={4} maxLength={500} value={reason} onChange={(e) => setReason(e.currentTarget.value)} error={short ? t('decline.short') : error ? sentence(error, t) : undefined} />
        <div className={classes.dialogButtons}>
          <Button variant="default" onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" color="red.8" loading={isPending}>{t('decline.submit')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
