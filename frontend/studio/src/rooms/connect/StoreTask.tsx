import { Problem } from '@comeback/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { taskQuery, type Task } from '../../data/task';
import { Notice } from '../../ui/Notice';
import { TaskBar } from '../../ui/TaskBar';
import { useWords } from '../../words/Words';
import { storesQuery } from './queries';

interface Props {
  id: string;
  label: string;
  /** What to say once it has ended well. */
  done(task: Task): string;
  /** The task is no longer known. */
  onGone(): void;
}

/** A long work of a storefront: its bar, then its result. */
export function StoreTask({ id, label, done, onGone }: Props) {
  const { t } = useWords();
  const client = useQueryClient();
  const { data: task, error } = useQuery(taskQuery(id));
  const ended = task !== undefined && task.state !== 'running';
  const gone = error instanceof Problem && error.status === 404;
  useEffect(() => {
    if (ended) void client.invalidateQueries({ queryKey: storesQuery.queryKey });
  }, [ended, client]);
  useEffect(() => {
    if (gone) onGone();
  }, [gone, onGone]);
  const problem = typeof task?.result?.problem === 'string' ? task.result.problem : null;
  return (
    <div role="status">
      {!task || task.state === 'running' ? <TaskBar label={label} done={task?.done ?? 0} total={task?.total ?? null} />
        : task.state === 'done' ? <Notice tone="good">{done(task)}</Notice>
        : <Notice tone="bad">{problem ? t('store.task.failed', { problem }) : t('store.task.failed.plain')}</Notice>}
    </div>
  );
}
