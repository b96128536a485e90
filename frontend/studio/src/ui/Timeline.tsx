import type { Schemas } from '@comeback/api';
import { IconArrowBackUp, IconCash, IconGift, IconMail, IconMailOpened, IconMessageCircle, IconPointer, IconShieldCheck, IconShoppingBag, IconTruck, type Icon } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { humanise } from '../words/messages';
import { useWords, type Words } from '../words/Words';
import classes from './Timeline.module.css';

type Entry = Schemas['TimelineEntry'];

const ICONS: Record<Entry['source'], Icon> = {
  order: IconShoppingBag,
  parcel: IconTruck,
  return: IconArrowBackUp,
  message: IconMail,
  money: IconCash,
  credit: IconGift,
  consent: IconShieldCheck,
  ticket: IconMessageCircle,
};

const FIRST = 8;

interface Props {
  entries: Entry[];
  /** Turns an entry into a link or button, where it has a place of its own. */
  wrap?(entry: Entry, title: string): ReactNode;
  /** Everything at once; the page brings its own way to more. */
  whole?: boolean;
  when?(iso: string): string;
}

/** The amount comes first, then what the event itself says. */
export function detailOf(entry: Entry, { word, money }: Pick<Words, 'word' | 'money'>): string {
  const d = entry.detail ?? {};
  if (entry.name.startsWith('hit.')) return hitOf(entry, word);
  if (entry.source === 'consent') return [word('channel', String(d.channel)), word('purpose', String(d.purpose)), d.description].filter(Boolean).join(' · ');
  const amount = typeof d.amount === 'number' && typeof d.currency === 'string' ? money(d.amount, d.currency) : null;
  const state = entry.source === 'message' && typeof d.state === 'string' ? word('mstate', d.state) : null;
  const parts = [amount, d.number, state, d.description, d.why, d.reason && humanise(String(d.reason)), d.city, d.actor];
  return parts.filter(Boolean).map(String).join(' · ');
}

/** Who opened or clicked: a person, perhaps one, or a machine that opens everything. */
function hitOf(entry: Entry, word: Words['word']): string {
  const { subject, template, made_by, count } = entry.detail ?? {};
  const times = Number(count) > 1 ? `${count}×` : null;
  return [word('madeBy', String(made_by)), times, subject ?? word('template', String(template))].filter(Boolean).join(' · ');
}

export function titleOf(entry: Entry, { word }: Pick<Words, 'word'>): string {
  if (entry.source === 'message' && entry.name === 'message') return String(entry.detail?.subject ?? word('template', String(entry.detail?.template ?? 'message')));
  return word('event', entry.name);
}

export function Timeline({ entries, wrap, whole, when }: Props) {
  const words = useWords();
  const [all, setAll] = useState(false);
  const shown = all || whole ? entries : entries.slice(0, FIRST);
  const rest = entries.length - shown.length;
  return (
    <>
      <ol className={classes.timeline}>
        {shown.map((entry, i) => {
          const EntryIcon = entry.name === 'hit.click' ? IconPointer : entry.name === 'hit.open' ? IconMailOpened : ICONS[entry.source];
          const title = titleOf(entry, words);
          const detail = detailOf(entry, words);
          return (
            <li key={`${entry.at}${entry.name}${i}`} data-bad={/failed|exception|bounced|declined/.test(`${entry.name} ${String(entry.detail?.state ?? '')}`) || undefined}>
              <span className={classes.dot}><EntryIcon size={16} stroke={1.8} aria-hidden /></span>
              <div className={classes.text}>
                <p>{wrap?.(entry, title) ?? title}</p>
                {detail && <p className={`muted ${classes.detail}`}>{detail}</p>}
              </div>
              <time dateTime={entry.at} className="muted num">{(when ?? words.dateTime)(entry.at)}</time>
            </li>
          );
        })}
      </ol>
      {rest > 0 && <button type="button" className={classes.more} onClick={() => setAll(true)}>{words.t('timeline.all', { count: rest })}</button>}
    </>
  );
}
