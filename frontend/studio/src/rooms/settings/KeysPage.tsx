import { Button, Skeleton, TextInput } from '@mantine/core';
import { api, body, type Schemas } from '@comeback/api';
import { IconBan, IconKey, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { sentence } from '../../data/problem';
import { fault, keysQuery, placed } from '../../data/settings';
import { Confirm } from '../../ui/Confirm';
import { Copy } from '../../ui/Copy';
import { Dialog } from '../../ui/Dialog';
import { Empty } from '../../ui/Empty';
import { Notice } from '../../ui/Notice';
import { Tag } from '../../ui/Tag';
import { useToast } from '../../ui/Toasts';
import { Trouble } from '../../ui/Trouble';
import { useWords } from '../../words/Words';
import { Head } from './Head';
import classes from './Settings.module.css';
import { useMay } from './useMay';

type KeyView = Schemas['KeyView'];

export function KeysPage() {
  const { t } = useWords();
  const { data, error, refetch } = useQuery(keysQuery);
  const [making, setMaking] = useState(false);
  const may = useMay('settings:write');
  const make = <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setMaking(true)}>{t('apikeys.make')}</Button>;
  const live = data?.items.filter((key) => !key.revoked_at) ?? [];
  const over = data?.items.filter((key) => key.revoked_at) ?? [];
  return (
    <div className={classes.room}>
      <Head title={t('settings.keys')} text={t('apikeys.lead')} action={may && live.length > 0 && make} />
      {error && !data ? <Trouble error={error} onRetry={() => void refetch()} /> : !data ? (
        <Skeleton height={128} radius={14} />
      ) : live.length === 0 ? (
        <div className="card"><Empty icon={IconKey} title={t('apikeys.none')} text={t('apikeys.none.text')} action={may && make} /></div>
      ) : (
        <ul className={`card ${classes.list}`}>{live.map((key) => <KeyRow key={key.id} item={key} may={may} />)}</ul>
      )}
      {over.length > 0 && (
        <details className="card">
          <summary className={classes.row} style={{ borderTop: 0, cursor: 'pointer', minHeight: 48 }}>{t('apikeys.over', { count: over.length })}</summary>
          <ul className={classes.list}>{over.map((key) => <KeyRow key={key.id} item={key} may={false} />)}</ul>
        </details>
      )}
      {making && data && <MakeKey grantable={data.grantable} onClose={() => setMaking(false)} />}
    </div>
  );
}

function KeyRow({ item, may }: { item: KeyView; may: boolean }) {
  const { t, ago } = useWords();
  const toast = useToast();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const revoke = useMutation({
    mutationFn: () => api.DELETE('/api/v1/api-keys/{key_id}', { params: { path: { key_id: item.id } } }),
    onSuccess: () => toast({ text: t('apikeys.revoked', { name: item.name }) }),
    onSettled: () => client.invalidateQueries({ queryKey: keysQuery.queryKey }),
  });
  return (
    <li className={classes.row}>
      <span className={classes.what}>
        <strong>{item.name}</strong>
        <span><span className={classes.mono}>{item.hint}</span> · {t('apikeys.scopes', { count: item.scopes.length })}</span>
      </span>
      <span className={classes.aside}>{item.last_used_at ? t('apikeys.used', { when: ago(item.last_used_at) }) : t('apikeys.unused')}</span>
      {item.revoked_at && <Tag tone="neutral" icon={IconBan}>{t('apikeys.ended')}</Tag>}
      {may && <Button size="xs" variant="default" onClick={() => setAsking(true)}>{t('apikeys.revoke')}</Button>}
      {asking && (
        <Confirm danger title={t('apikeys.revoke.title', { name: item.name })} action={t('apikeys.revoke')} busy={revoke.isPending} error={revoke.error} onClose={() => setAsking(false)} onConfirm={() => revoke.mutate()}>
          {t('apikeys.revoke.text')}
        </Confirm>
      )}
    </li>
  );
}

function MakeKey({ grantable, onClose }: { grantable: string[]; onClose(): void }) {
  const { t } = useWords();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<string[]>(grantable.filter((scope) => scope.endsWith(':read')));
  const make = useMutation({
    mutationFn: () => body(api.POST('/api/v1/api-keys', { body: { name: name.trim(), scopes } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keysQuery.queryKey }),
  });
  if (make.data) return <Shown made={make.data} onClose={onClose} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  const flip = (scope: string) => setScopes(scopes.includes(scope) ? scopes.filter((s) => s !== scope) : [...scopes, scope]);
  const every = scopes.length === grantable.length;
  return (
    <Dialog title={t('apikeys.make')} onClose={onClose}>
      <form className={classes.dialog} onSubmit={submit}>
        <TextInput data-autofocus label={t('apikeys.name')} placeholder={t('apikeys.name.hint')} required withAsterisk={false} maxLength={80} value={name} onChange={(e) => setName(e.currentTarget.value)} error={fault(make.error, '/name')} />
        <fieldset className={classes.fieldset}>
          <legend className={classes.legend}>{t('apikeys.may')}</legend>
          <label className={classes.check}>
            <input type="checkbox" checked={every} onChange={() => setScopes(every ? [] : grantable)} />
            <strong>{t('apikeys.all')}</strong>
          </label>
          <div className={classes.scopes} role="group" tabIndex={0} aria-label={t('apikeys.may')}>
            {grantable.map((scope) => (
              <label key={scope} className={classes.check}>
                <input type="checkbox" checked={scopes.includes(scope)} onChange={() => flip(scope)} />
                <span className={classes.mono}>{scope}</span>
              </label>
            ))}
          </div>
          {fault(make.error, '/scopes') && <p role="alert" className={classes.error}>{fault(make.error, '/scopes')}</p>}
        </fieldset>
        {make.error && !placed(make.error, ['/name', '/scopes']) && <p role="alert" className={classes.error}>{sentence(make.error, t)}</p>}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" loading={make.isPending}>{t('apikeys.make')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function Shown({ made, onClose }: { made: Schemas['KeyMade']; onClose(): void }) {
  const { t } = useWords();
  return (
    <Dialog title={t('apikeys.made', { name: made.view.name })} onClose={onClose}>
      <div className={classes.dialog}>
        <Notice tone="warn">{t('apikeys.once')}</Notice>
        <div className={classes.secret}>
          <code>{made.key}</code>
          <Copy text={made.key} label={t('apikeys.copy')} />
        </div>
        <div className={classes.buttons}><Button onClick={onClose}>{t('apikeys.done')}</Button></div>
      </div>
    </Dialog>
  );
}
