import { Button } from '@mantine/core';
import { IconFilterOff, type Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useWords } from '../words/Words';
import { Empty } from './Empty';
import { Trouble } from './Trouble';

interface Props {
  error: Error | null;
  empty: boolean;
  /** Whether filters or a search are in force; then the way out is to drop them. */
  filtered: boolean;
  onClear(): void;
  onRetry(): void;
  nothing: { icon: Icon; title: string; text: string; action?: ReactNode };
  children: ReactNode;
}

/** A list that failed, a list that is empty, or the list. */
export function ListStates({ error, empty, filtered, onClear, onRetry, nothing, children }: Props) {
  const { t } = useWords();
  if (error) return <div className="card"><Trouble error={error} onRetry={onRetry} /></div>;
  if (!empty) return children;
  return (
    <div className="card">
      {filtered
        ? <Empty icon={IconFilterOff} title={t('filters.none')} text={t('filters.none.text')} action={<Button variant="default" onClick={onClear}>{t('filters.clear')}</Button>} />
        : <Empty icon={nothing.icon} title={nothing.title} text={nothing.text} action={nothing.action} />}
    </div>
  );
}
