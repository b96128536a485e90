import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useWords } from '../words/Words';
import classes from './Page.module.css';

/** The search of one list. What is typed reaches the address a moment later, so that going back works. */
export function SearchBox({ label, value, onSearch }: { label: string; value: string; onSearch(q: string): void }) {
  const { t } = useWords();
  const [typed, setTyped] = useState(value);
  const search = useDebouncedCallback((text: string) => onSearch(text.trim()), 200);
  useEffect(() => setTyped((now) => (now.trim() === value ? now : value)), [value]);
  const change = (text: string) => {
    setTyped(text);
    search(text);
  };
  return (
    <TextInput
      className={classes.search}
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={typed && <CloseButton size="sm" aria-label={t('filters.clearSearch')} onClick={() => change('')} />}
      value={typed}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
