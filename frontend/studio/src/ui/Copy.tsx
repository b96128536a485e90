import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { useToast } from './Toasts';
import { useWords } from '../words/Words';
import classes from './Parcel.module.css';

export function Copy({ text, label }: { text: string; label: string }) {
  const { t } = useWords();
  const toast = useToast();
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    toast({ text: t('copied') });
    setTimeout(() => setDone(false), 2000);
  };
  const CopyIcon = done ? IconCheck : IconCopy;
  return (
    <button type="button" className={classes.icon} aria-label={label} title={label} onClick={() => void copy()}>
      <CopyIcon size={16} aria-hidden />
    </button>
  );
}
