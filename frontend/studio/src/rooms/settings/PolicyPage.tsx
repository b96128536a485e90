import { Button, Skeleton } from '@mantine/core';
import { IconCalendar, IconCash, IconCircleCheck, IconGift, IconPackage, IconPencil, IconReplace, IconTruck, type Icon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { sessionQuery } from '../../data/queries';
import { policiesQuery } from '../../data/settings';
import { Section } from '../../ui/Section';
import { Trouble } from '../../ui/Trouble';
import { useWords, type Words } from '../../words/Words';
import { Head } from './Head';
import { basicsOf, special, type Basics, type Policy } from './policy';
import classes from './Settings.module.css';
import { useMay } from './useMay';

const EditPolicy = lazy(() => import('./EditPolicy').then((m) => ({ default: m.EditPolicy })));

/** Every basic as a sentence; the same sentences are compared when a new version is confirmed. */
export function sentencesOf(basics: Basics, currency: string, { t, money }: Pick<Words, 't' | 'money'>): { key: string; icon: Icon; text: string }[] {
  const methods = [basics.label && t('policy.method.label'), basics.qr && t('policy.method.qr')].filter(Boolean).join(', ');
  const outcomes = basics.resolutions.map((name) => t(`policy.outcome.${name}` as 'policy.outcome.refund')).join(', ');
  return [
    { key: 'window', icon: IconCalendar, text: t(`policy.window.${basics.from}`, { count: basics.days }) },
    { key: 'outcomes', icon: IconReplace, text: t('policy.outcomes', { outcomes }) },
    { key: 'methods', icon: IconPackage, text: methods ? t('policy.methods', { methods }) : t('policy.methods.none') },
    { key: 'fee', icon: IconTruck, text: basics.fee === null ? t(basics.more.fees ? 'policy.fee.some' : 'policy.fee.none') : t('policy.fee', { amount: money(basics.fee, currency) }) },
    { key: 'shipping', icon: IconTruck, text: t(`policy.shipping.${basics.shipping}`) },
    { key: 'bonus', icon: IconGift, text: basics.bonus === null ? t('policy.bonus.none') : t('policy.bonus', { percent: String(basics.bonus) }) },
    { key: 'auto', icon: IconCircleCheck, text: t(basics.auto ? 'policy.auto' : basics.more.auto ? 'policy.auto.some' : 'policy.manual') },
    { key: 'trigger', icon: IconCash, text: t(`policy.trigger.${basics.trigger}` as 'policy.trigger.inspected') },
  ];
}

export function PolicyPage() {
  const words = useWords();
  const { t, date } = words;
  const { data, error, refetch } = useQuery(policiesQuery);
  const { data: session } = useQuery({ ...sessionQuery, enabled: false });
  const [editing, setEditing] = useState(false);
  const may = useMay('policies:write');
  const currency = session?.shop.currency ?? 'EUR';
  const current = data?.items.find((item) => item.current);
  const policy = current?.policy as Policy | undefined;
  const earlier = data?.items.filter((item) => item.state === 'published' && !item.current) ?? [];
  return (
    <div className={classes.room}>
      <Head title={t('settings.policy')} text={t('policy.lead')} action={may && policy && !editing && <Button leftSection={<IconPencil size={18} aria-hidden />} onClick={() => setEditing(true)}>{t('policy.edit')}</Button>} />
      {error && !data ? <Trouble error={error} onRetry={() => void refetch()} /> : !policy || !current ? (
        <Skeleton height={320} radius={14} />
      ) : editing ? (
        <Suspense fallback={<Skeleton height={320} radius={14} />}>
          <EditPolicy policy={policy} currency={currency} onClose={() => setEditing(false)} />
        </Suspense>
      ) : (
        <Section title={current.version === 0 ? t('policy.builtIn') : t('policy.version', { version: String(current.version) })} aside={current.published_at && <span className={classes.aside}>{t('policy.since', { date: date(current.published_at) })}</span>}>
          <ul className={classes.sentences}>
            {sentencesOf(basicsOf(policy), currency, words).map(({ key, icon: SentenceIcon, text }) => (
              <li key={key}><SentenceIcon size={18} stroke={1.8} aria-hidden />{text}</li>
            ))}
          </ul>
          {special(policy) > 0 && <p className={classes.hint} style={{ marginTop: 16 }}>{t('policy.special', { count: special(policy) })}</p>}
        </Section>
      )}
      {earlier.length > 0 && !editing && (
        <Section title={t('policy.history')} flush>
          <ul className={`${classes.list} ${classes.section}`} style={{ marginTop: 12 }}>
            {earlier.map((item) => (
              <li key={item.version} className={classes.row} style={{ minHeight: 48 }}>
                <span className={classes.what}><strong>{item.version === 0 ? t('policy.builtIn') : t('policy.version', { version: String(item.version) })}</strong></span>
                <span className={classes.aside}>{item.published_at && date(item.published_at)}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}
