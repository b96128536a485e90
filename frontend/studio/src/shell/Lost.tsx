import { IconMapOff } from '@tabler/icons-react';
import { Button } from '@mantine/core';
import { Empty } from '../ui/Empty';
import { useWords } from '../words/Words';

export function Lost() {
  const { t } = useWords();
  return <Empty icon={IconMapOff} title={t('lost.title')} action={<Button component="a" href="/studio/">{t('lost.action')}</Button>} />;
}
