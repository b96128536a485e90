import { Skeleton, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Choice } from '../../ui/Choice';
import { humanise } from '../../words/messages';
import { useWords } from '../../words/Words';
import settings from '../settings/Settings.module.css';
import { eventsQuery, groupOf, type EventKind } from './queries';
import classes from './Webhooks.module.css';

interface Props {
  /** Names, `group.*`, or `*` alone. */
  value: string[];
  onChange(value: string[]): void;
  error?: string;
}

/** Which events a receiver hears of: all, whole groups, or single ones, each with its sentence from the catalogue. */
export function Events({ value, onChange, error }: Props) {
  const { t } = useWords();
  const all = value.includes('*');
  const [before, setBefore] = useState<string[]>(all ? [] : value);
  const choose = (how: 'all' | 'some') => {
    if (how === 'some') return onChange(before);
    setBefore(value);
    onChange(['*']);
  };
  return (
    <div className={classes.events}>
      <Choice legend={t('hooks.events')} value={all ? 'all' : 'some'} onChange={choose} options={(['all', 'some'] as const).map((how) => ({ value: how, label: t(`hooks.events.${how}`) }))} />
      {!all && <Catalogue value={value} onChange={onChange} />}
      {error && <p role="alert" className={settings.error}>{error}</p>}
    </div>
  );
}

function Catalogue({ value, onChange }: Omit<Props, 'error'>) {
  const { t } = useWords();
  const { data } = useQuery(eventsQuery);
  const [wanted, setWanted] = useState('');
  const groups = useMemo(() => grouped(data ?? [], wanted), [data, wanted]);
  const flip = (name: string) => onChange(value.includes(name) ? value.filter((one) => one !== name) : [...value, name]);
  const flipGroup = (group: string) => {
    const others = value.filter((one) => groupOf(one) !== group);
    onChange(value.includes(`${group}.*`) ? others : [...others, `${group}.*`]);
  };
  if (!data) return <Skeleton height={200} radius={10} />;
  return (
    <>
      <TextInput aria-label={t('hooks.events.search')} placeholder={t('hooks.events.search')} leftSection={<IconSearch size={16} aria-hidden />} value={wanted} onChange={(e) => setWanted(e.currentTarget.value)} />
      <div className={classes.catalogue} role="group" tabIndex={0} aria-label={t('hooks.events')}>
        {groups.length === 0 && <p className="muted">{t('hooks.events.none')}</p>}
        {groups.map(([group, events]) => {
          const whole = value.includes(`${group}.*`);
          return (
            <fieldset key={group} className={settings.fieldset}>
              <legend className={settings.legend}>{humanise(group)}</legend>
              <label className={settings.check}>
                <input type="checkbox" checked={whole} onChange={() => flipGroup(group)} />
                <span>{t('hooks.events.group', { group: humanise(group).toLowerCase() })}</span>
              </label>
              {events.map((event) => (
                <label key={event.name} className={`${settings.check} ${classes.event}`}>
                  <input type="checkbox" checked={whole || value.includes(event.name)} disabled={whole} onChange={() => flip(event.name)} />
                  <span><span className={settings.mono}>{event.name}</span><span className="muted">{firstSentence(event.description)}</span></span>
                </label>
              ))}
            </fieldset>
          );
        })}
      </div>
    </>
  );
}

const firstSentence = (text: string): string => text.split('\n\n')[0]!.replace(/\s+/g, ' ').replaceAll('`', '');

function grouped(events: EventKind[], wanted: string): [string, EventKind[]][] {
  const words = wanted.trim().toLowerCase();
  const found = new Map<string, EventKind[]>();
  for (const event of events) {
    if (words && !`${event.name} ${event.description}`.toLowerCase().includes(words)) continue;
    const group = groupOf(event.name);
    found.set(group, [...(found.get(group) ?? []), event]);
  }
  return [...found];
}
