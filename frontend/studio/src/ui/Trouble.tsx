import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { sentence } from '../data/problem';
import { useWords } from '../words/Words';
import { Empty } from './Empty';

/** A page or a part of it that could not be read. */
export function Trouble({ error, onRetry }: { error: unknown; onRetry(): void }) {
  const { t } = useWords();
  return (
    <div role="alert">
      <Empty
        icon={IconAlertTriangle}
        title={t('problem.title')}
        text={sentence(error, t)}
        action={<Button variant="default" onClick={onRetry}>{t('problem.retry')}</Button>}
      />
    </div>
  );
}
