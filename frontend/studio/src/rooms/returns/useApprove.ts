import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { refresh, send } from '../../data/actions';
import { defer } from '../../data/deferred';
import { sentence } from '../../data/problem';
import { useToast } from '../../ui/Toasts';
import { useWords } from '../../words/Words';

const UNDO_MS = 5000;

/** Approves at once on the screen and after five seconds at the server; the toast takes it back until then. */
export function useApprove() {
  const { t } = useWords();
  const client = useQueryClient();
  const toast = useToast();
  const [pending, setPending] = useState<ReadonlySet<string>>(new Set());
  const approve = useCallback(
    (id: string, number: string, onUndo: () => void) => {
      const settle = () => setPending((old) => new Set([...old].filter((other) => other !== id)));
      const run = () =>
        send(id, { action: 'approve' })
          .catch((error: unknown) => toast({ text: sentence(error, t), tone: 'bad' }))
          .then(() => refresh(client, id))
          .finally(settle);
      setPending((old) => new Set([...old, id]));
      const job = defer(() => void run(), UNDO_MS);
      const undo = () => {
        if (!job.undo()) return;
        settle();
        onUndo();
      };
      toast({ text: t('done.approve', { number }), duration: UNDO_MS, action: { label: t('undo'), run: undo } });
    },
    [client, t, toast],
  );
  return { pending, approve };
}
