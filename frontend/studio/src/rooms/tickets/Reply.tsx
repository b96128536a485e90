import { Button, Textarea } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useState, type FormEvent, type KeyboardEvent, type RefObject } from 'react';
import { sentence } from '../../data/problem';
import { Filter } from '../../ui/Filter';
import { useToast } from '../../ui/Toasts';
import { useWords } from '../../words/Words';
import { useTicket, type Detail } from './queries';
import classes from './TicketsPage.module.css';

const MAX = 5000;
const KINDS = ['reply', 'note'] as const;

/** An answer that is mailed, or a note for colleagues; macros come with their places filled in. */
export function Reply({ item, field }: { item: Detail; field: RefObject<HTMLTextAreaElement | null> }) {
  const { t } = useWords();
  const toast = useToast();
  const { mutate, isPending, error } = useTicket(item.ticket.ticket.id);
  const [kind, setKind] = useState<(typeof KINDS)[number]>('reply');
  const [text, setText] = useState('');
  const [empty, setEmpty] = useState(false);
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    setEmpty(!text.trim());
    if (!text.trim() || isPending) return;
    mutate({ action: 'write', kind, body: text }, { onSuccess: () => {
      setText('');
      toast({ text: t(kind === 'note' ? 'ticket.noted' : 'ticket.sent') });
    } });
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
  };
  const insert = (id: string | undefined) => {
    const macro = item.macros.find((one) => one.id === id);
    if (!macro) return;
    setText((old) => (old.trim() ? `${old.trimEnd()}\n\n${macro.body}` : macro.body));
    field.current?.focus();
  };
  return (
    <form className={`card ${classes.reply}`} data-kind={kind} onSubmit={submit} aria-label={t(`ticket.kind.${kind}`)}>
      <div className={classes.kinds} role="group" aria-label={t('ticket.kind')}>
        {KINDS.map((one) => <button key={one} type="button" aria-pressed={one === kind} onClick={() => setKind(one)}>{t(`ticket.kind.${one}`)}</button>)}
        {item.macros.length > 0 && <Filter label={t('ticket.macro')} all={t('ticket.macro')} value={undefined} options={item.macros.map((one) => ({ value: one.id, label: one.name }))} onChange={insert} />}
      </div>
      <Textarea ref={field} aria-label={t(`ticket.kind.${kind}`)} placeholder={t(`ticket.hint.${kind}`)} autosize minRows={4} maxRows={16} maxLength={MAX} value={text} onChange={(event) => setText(event.currentTarget.value)} onKeyDown={onKey} error={empty ? t('ticket.empty') : error ? sentence(error, t) : undefined} />
      <div className={classes.sendLine}>
        <span className={`muted ${classes.small}`}>{kind === 'reply' ? t('ticket.to', { email: item.customer.email || '–' }) : t('ticket.noteHint')}</span>
        <Button type="submit" loading={isPending} leftSection={<IconSend size={16} aria-hidden />}>{t(`ticket.send.${kind}`)}</Button>
      </div>
    </form>
  );
}
