import { Button, Skeleton, TextInput } from '@mantine/core';
import { api, body, type Schemas } from '@comeback/api';
import { IconAlertTriangle, IconCheck, IconCircleDashed, IconClock, IconMailCog, IconPlus, IconX, type Icon } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { sentence } from '../../data/problem';
import { domainsQuery, fault, placed } from '../../data/settings';
import { Copy } from '../../ui/Copy';
import { Dialog } from '../../ui/Dialog';
import { Empty } from '../../ui/Empty';
import { Notice } from '../../ui/Notice';
import type { Tone } from '../../ui/Status';
import { Tag } from '../../ui/Tag';
import { useToast } from '../../ui/Toasts';
import { Trouble } from '../../ui/Trouble';
import { useWords } from '../../words/Words';
import { Head } from './Head';
import classes from './Settings.module.css';
import { useMay } from './useMay';

type Domain = Schemas['DomainView'];
type DnsRecord = Schemas['DnsRecord'];
const LOOKS: Record<DnsRecord['state'], [Tone, Icon]> = {
  unknown: ['neutral', IconCircleDashed],
  good: ['good', IconCheck],
  missing: ['warn', IconX],
  wrong: ['bad', IconAlertTriangle],
  unanswered: ['neutral', IconClock],
};

export function SendingPage() {
  const { t } = useWords();
  const { data, error, refetch } = useQuery(domainsQuery);
  const [adding, setAdding] = useState(false);
  const may = useMay('settings:write');
  const add = <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setAdding(true)}>{t('sending.add')}</Button>;
  return (
    <div className={classes.room}>
      <Head title={t('settings.sending')} text={t('sending.lead')} action={may && data && data.items.length > 0 && add} />
      {data?.local && <Notice>{t('sending.local')}</Notice>}
      {error && !data ? <Trouble error={error} onRetry={() => void refetch()} /> : !data ? (
        <Skeleton height={240} radius={14} />
      ) : data.items.length === 0 ? (
        <div className="card"><Empty icon={IconMailCog} title={t('sending.none')} text={t('sending.none.text')} action={may && add} /></div>
      ) : (
        data.items.map((domain) => <DomainCard key={domain.id} domain={domain} returnPath={data.return_path} may={may} />)
      )}
      {adding && <AddDomain onClose={() => setAdding(false)} />}
    </div>
  );
}

function DomainCard({ domain, returnPath, may }: { domain: Domain; returnPath: string; may: boolean }) {
  const { t, ago } = useWords();
  const client = useQueryClient();
  const toast = useToast();
  const verify = useMutation({
    mutationFn: () => body(api.POST('/api/v1/sending-domains/{domain_id}/verify', { params: { path: { domain_id: domain.id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: domainsQuery.queryKey }),
    onError: (error) => toast({ text: sentence(error, t), tone: 'bad' }),
  });
  const shown = verify.data ?? domain;
  const good = Boolean(shown.verified_at);
  return (
    <section className="card" aria-label={domain.domain}>
      <div className={classes.row} style={{ borderTop: 0 }}>
        <span className={classes.what}>
          <strong>{domain.domain}</strong>
          <span>{domain.addresses.join(', ')}</span>
        </span>
        <Tag tone={good ? 'good' : 'warn'} icon={good ? IconCheck : IconClock}>{good ? t('sending.verified', { when: ago(shown.verified_at!) }) : t('sending.waiting')}</Tag>
        {may && <Button size="xs" loading={verify.isPending} onClick={() => verify.mutate()}>{t('sending.verify')}</Button>}
      </div>
      <p role="status" className="visually-hidden">{verify.data && t('sending.looked', { good: shown.records.filter((r) => r.state === 'good').length, all: shown.records.length })}</p>
      {shown.records.map((record) => <RecordCard key={record.host + record.purpose} record={record} />)}
      <div className={classes.record}><p className={classes.hint}>{t('sending.returnPath', { domain: returnPath })}</p></div>
    </section>
  );
}

function RecordCard({ record }: { record: DnsRecord }) {
  const { t } = useWords();
  const [tone, icon] = LOOKS[record.state];
  return (
    <div className={classes.record}>
      <div className={classes.recordHead}>
        <strong>{t(`sending.${record.purpose}`)}</strong>
        <span className={classes.aside}>{record.required ? t('sending.required') : t('sending.advised')}</span>
        <span className={classes.grow} />
        {record.state !== 'unknown' && <Tag tone={tone} icon={icon}>{t(`sending.${record.state}`)}</Tag>}
      </div>
      <div className={classes.value}>
        <span>{record.type}</span>
        <code>{record.host}</code>
        <Copy text={record.host} label={t('sending.copyHost', { host: record.host })} />
      </div>
      <div className={classes.value}>
        <span>{t('sending.value')}</span>
        <code>{record.value}</code>
        <Copy text={record.value} label={t('sending.copyValue', { host: record.host })} />
      </div>
      {record.found && record.found.length > 0 && <p className={classes.found}>{t('sending.found', { found: record.found.join(' · ') })}</p>}
    </div>
  );
}

function AddDomain({ onClose }: { onClose(): void }) {
  const { t } = useWords();
  const client = useQueryClient();
  const [domain, setDomain] = useState('');
  const add = useMutation({
    mutationFn: () => body(api.POST('/api/v1/sending-domains', { body: { domain: domain.trim() } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: domainsQuery.queryKey });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <Dialog title={t('sending.add')} onClose={onClose}>
      <form className={classes.dialog} onSubmit={submit}>
        <TextInput data-autofocus label={t('sending.domain')} placeholder="shop.example" description={t('sending.domain.hint')} required withAsterisk={false} autoCapitalize="none" spellCheck={false} value={domain} onChange={(e) => setDomain(e.currentTarget.value)} error={fault(add.error, '/domain')} />
        {add.error && !placed(add.error, ['/domain']) && <p role="alert" className={classes.error}>{sentence(add.error, t)}</p>}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" loading={add.isPending}>{t('sending.add.go')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
