import { Button, NativeSelect, Skeleton, Textarea, TextInput } from '@mantine/core';
import { api, body, upload, type Schemas } from '@comeback/api';
import { IconPhotoUp, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useRef, useState, type FormEvent } from 'react';
import { sentence } from '../../data/problem';
import { sessionQuery } from '../../data/queries';
import { welcomeQuery } from '../../data/overview';
import { fault, placed, shopQuery } from '../../data/settings';
import { Section } from '../../ui/Section';
import { useToast } from '../../ui/Toasts';
import { Trouble } from '../../ui/Trouble';
import { LANGUAGES, useWords } from '../../words/Words';
import { Head } from './Head';
import { Preview } from './Preview';
import classes from './Settings.module.css';
import { useMay } from './useMay';

type Shop = Schemas['ShopProfile'];
export type Brand = Schemas['Brand'];
const FIELDS = ['/name', '/locale', '/timezone', ...['primary', 'primary_dark', 'logo_url', 'radius', 'support_email', 'support_hours', 'address'].map((name) => `/brand/${name}`)];

export function BrandPage() {
  const { t } = useWords();
  const { data, error, refetch } = useQuery(shopQuery);
  return (
    <div className={classes.room}>
      <Head title={t('settings.brand')} text={t('settings.brand.text')} />
      {error && !data ? <Trouble error={error} onRetry={() => void refetch()} /> : data ? <Editor shop={data} /> : <Skeleton height={480} radius={14} />}
    </div>
  );
}

function Editor({ shop }: { shop: Shop }) {
  const { t } = useWords();
  const toast = useToast();
  const client = useQueryClient();
  const may = useMay('settings:write');
  const [values, setValues] = useState({ name: shop.name, locale: shop.locale, timezone: shop.timezone });
  const [brand, setBrand] = useState<Brand>(shop.brand);
  const look = (part: Partial<Brand>) => setBrand({ ...brand, ...part });
  const changed = JSON.stringify([values, brand]) !== JSON.stringify([{ name: shop.name, locale: shop.locale, timezone: shop.timezone }, shop.brand]);
  const save = useMutation({
    mutationFn: () => body(api.PATCH('/api/v1/shop', { body: { ...values, brand } })),
    onSuccess: (saved) => {
      client.setQueryData(shopQuery.queryKey, saved);
      setBrand(saved.brand);
      void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      void client.invalidateQueries({ queryKey: welcomeQuery.queryKey });
      toast({ text: t('brand.saved') });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const bad = (name: string) => fault(save.error, name);
  return (
    <div className={classes.brand}>
      <form className={classes.form} onSubmit={submit}>
        <Section title={t('brand.look')}>
          <div className={classes.form}>
            <Colour label={t('brand.primary')} value={brand.primary ?? ''} error={bad('/brand/primary')} onChange={(primary) => look({ primary })} />
            <Logo url={brand.logo_url ?? null} onChange={(logo_url) => look({ logo_url })} />
            <Range label={t('brand.radius')} value={brand.radius ?? 12} onChange={(radius) => look({ radius })} />
          </div>
        </Section>
        <Section title={t('brand.support')}>
          <div className={classes.form}>
            <TextInput type="email" label={t('brand.email')} value={brand.support_email ?? ''} onChange={(e) => look({ support_email: e.currentTarget.value || null })} error={bad('/brand/support_email')} />
            <TextInput label={t('brand.hours')} placeholder={t('brand.hours.hint')} value={brand.support_hours ?? ''} onChange={(e) => look({ support_hours: e.currentTarget.value || null })} error={bad('/brand/support_hours')} />
            <Textarea label={t('brand.address')} rows={2} value={brand.address ?? ''} onChange={(e) => look({ address: e.currentTarget.value || null })} error={bad('/brand/address')} />
          </div>
        </Section>
        <Section title={t('brand.shop')}>
          <div className={classes.form}>
            <TextInput label={t('brand.name')} required withAsterisk={false} maxLength={80} value={values.name} onChange={(e) => setValues({ ...values, name: e.currentTarget.value })} error={bad('/name')} />
            <NativeSelect label={t('brand.locale')} description={t('brand.locale.hint')} value={values.locale.slice(0, 2)} onChange={(e) => setValues({ ...values, locale: e.currentTarget.value })} data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))} error={bad('/locale')} />
            <NativeSelect label={t('brand.timezone')} value={values.timezone} onChange={(e) => setValues({ ...values, timezone: e.currentTarget.value })} data={zones(values.timezone)} error={bad('/timezone')} />
          </div>
        </Section>
        {save.error && !placed(save.error, FIELDS) && <p role="alert" className={classes.error}>{sentence(save.error, t)}</p>}
        {may && (
          <div className={classes.buttons}>
            <Button type="submit" disabled={!changed} loading={save.isPending}>{t('brand.save')}</Button>
            {changed && <Button variant="default" onClick={() => { setBrand(shop.brand); setValues({ name: shop.name, locale: shop.locale, timezone: shop.timezone }); save.reset(); }}>{t('brand.discard')}</Button>}
          </div>
        )}
      </form>
      <Preview brand={brand} name={values.name} />
    </div>
  );
}

function zones(current: string): string[] {
  const all = Intl.supportedValuesOf('timeZone');
  return all.includes(current) ? all : [current, ...all];
}

function Colour({ label, value, error, onChange }: { label: string; value: string; error?: string; onChange(value: string): void }) {
  const { t } = useWords();
  const good = /^#[0-9a-f]{6}$/i.test(value);
  return (
    <div className={classes.colour}>
      <input type="color" aria-label={t('brand.pick')} value={good ? value : '#000000'} onChange={(e) => onChange(e.currentTarget.value)} />
      <TextInput label={label} value={value} maxLength={7} spellCheck={false} onChange={(e) => onChange(e.currentTarget.value.trim())} error={error ?? (good ? undefined : t('brand.badColour'))} />
    </div>
  );
}

function Range({ label, value, onChange }: { label: string; value: number; onChange(value: number): void }) {
  const id = useId();
  return (
    <div className={classes.range}>
      <label htmlFor={id}>{label}<span className="num muted">{value} px</span></label>
      <input id={id} type="range" min={0} max={28} step={2} value={value} onChange={(e) => onChange(Number(e.currentTarget.value))} />
    </div>
  );
}

function Logo({ url, onChange }: { url: string | null; onChange(url: string | null): void }) {
  const { t } = useWords();
  const file = useRef<HTMLInputElement>(null);
  const send = useMutation({
    mutationFn: (picture: File) => upload<Schemas['LogoOut']>('/api/v1/shop/logo', picture),
    onSuccess: (stored) => onChange(stored.url),
  });
  return (
    <div className={classes.range}>
      <span className={classes.legend}>{t('brand.logo')}</span>
      <div className={classes.logo}>
        <span className={classes.frame}>{url ? <img src={url} alt="" /> : <IconPhotoUp size={24} stroke={1.4} aria-hidden />}</span>
        <input ref={file} type="file" hidden accept="image/png,image/jpeg,image/webp,image/gif" aria-label={t('brand.logo')} onChange={(e) => { const picture = e.currentTarget.files?.[0]; if (picture) send.mutate(picture); e.currentTarget.value = ''; }} />
        <Button size="xs" variant="default" loading={send.isPending} onClick={() => file.current?.click()}>{url ? t('brand.logo.change') : t('brand.logo.choose')}</Button>
        {url && <Button size="xs" variant="subtle" color="gray" aria-label={t('brand.logo.remove')} onClick={() => onChange(null)}><IconTrash size={16} aria-hidden /></Button>}
      </div>
      <p className={classes.hint}>{t('brand.logo.hint')}</p>
      {send.error && <p role="alert" className={classes.error}>{fault(send.error, '/logo') ?? sentence(send.error, t)}</p>}
    </div>
  );
}
