import type { Schemas } from '@comeback/api';
import { IconMail, IconMessage } from '@tabler/icons-react';
import { Empty } from '../../ui/Empty';
import { Section } from '../../ui/Section';
import { Status } from '../../ui/Status';
import { useWords, type Words } from '../../words/Words';
import classes from './OrderPage.module.css';

export type Message = Schemas['MessageOut'];

export function subjectOf(message: Message, { word }: Pick<Words, 'word'>): string {
  return message.subject ?? word('template', message.template);
}

/** What people did with it; scanners are named apart, because they open everything. */
export function reactions(message: Message, { t }: Pick<Words, 't'>): string {
  const opens = message.opens.human + message.opens.probable;
  const clicks = message.clicks.human + message.clicks.probable;
  const machine = message.opens.machine + message.clicks.machine;
  return [opens > 0 && t('message.opens', { count: opens }), clicks > 0 && t('message.clicks', { count: clicks }), machine > 0 && t('message.machine', { count: machine })].filter(Boolean).join(' · ');
}

export function Messages({ messages, onOpen }: { messages: Message[]; onOpen(id: string): void }) {
  const { t } = useWords();
  return (
    <Section title={t('order.messages')} flush>
      {messages.length === 0 ? <Empty small icon={IconMail} title={t('order.noMessages')} text={t('order.noMessages.text')} /> : (
        <ul className={classes.rows}>
          {messages.map((message) => <li key={message.id}><Row message={message} onOpen={() => onOpen(message.id)} /></li>)}
        </ul>
      )}
    </Section>
  );
}

function Row({ message, onOpen }: { message: Message; onOpen(): void }) {
  const words = useWords();
  const subject = subjectOf(message, words);
  const MessageIcon = message.channel === 'email' ? IconMail : IconMessage;
  const inside = (
    <>
      <MessageIcon size={20} stroke={1.6} aria-hidden />
      <span className={classes.rowText}>
        <span>{subject}</span>
        <span className="muted">{[words.dateTime(message.accepted_at ?? message.at), reactions(message, words)].filter(Boolean).join(' · ')}</span>
        {message.why && !message.accepted_at && <span className="muted">{message.why}</span>}
      </span>
      <Status kind="mstate" value={message.state} />
    </>
  );
  if (!message.has_html) return <div className={classes.rowLink}>{inside}</div>;
  return <button type="button" className={classes.rowLink} onClick={onOpen}>{inside}</button>;
}
