import { Button, NativeSelect, TextInput } from '@mantine/core';
import { api, body, type Schemas } from '@comeback/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { policiesQuery } from '../../data/settings';
import { Confirm } from '../../ui/Confirm';
import { Section } from '../../ui/Section';
import { useToast } from '../../ui/Toasts';
import { useWords } from '../../words/Words';
import { basicsOf, withBasics, type Basics, type Policy } from './policy';
import { sentencesOf } from './PolicyPage';
import classes from './Settings.module.css';

const OUTCOMES = ['refund', 'store_credit', 'exchange'] as const;
const TRIGGERS = ['inspected', 'delivered', 'first_scan', 'manual'] as const;
const digitsOf = (currency: string): number => new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

/** What was typed, or null where it is no number in its range. */
function read(text: string, least: number, most: number): number | null {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() !== '' && Number.isFinite(value) && value >= least && value <= most ? value : null;
}

interface Props {
  policy: Policy;
  currency: string;
  onClose(): void;
}

export function EditPolicy({ policy, currency, onClose }: Props) {
  const { t } = useWords();
  const before = basicsOf(policy);
  const unit = 10 ** digitsOf(currency);
  const [basics, setBasics] = useState<Basics>(before);
  const [days, setDays] = useState(String(before.days));
  const [fee, setFee] = useState(before.fee === null ? '' : String(before.fee / unit));
  const [bonus, setBonus] = useState(before.bonus === null ? '' : String(before.bonus));
  const [asking, setAsking] = useState<Basics | null>(null);
  const [checked, setChecked] = useState(false);
  const set = (part: Partial<Basics>) => setBasics({ ...basics, ...part });
  const wanted = { days: read(days, 0, 3650), fee: fee.trim() === '' ? 0 : read(fee, 0, 100_000), bonus: bonus.trim() === '' ? 0 : read(bonus, 0, 100) };
  const bad = {
    days: wanted.days === null || !Number.isInteger(wanted.days) ? t('policy.bad.days') : undefined,
    fee: wanted.fee === null ? t('policy.bad.fee') : undefined,
    bonus: wanted.bonus === null ? t('policy.bad.bonus') : undefined,
    outcomes: basics.resolutions.length === 0 ? t('policy.bad.outcomes') : undefined,
    methods: !basics.label && !basics.qr ? t('policy.bad.methods') : undefined,
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (Object.values(bad).some(Boolean)) return;
    setAsking({ ...basics, days: wanted.days ?? 30, fee: wanted.fee ? Math.round(wanted.fee * unit) : null, bonus: wanted.bonus || null });
  };
  const flip = (name: string) => set({ resolutions: OUTCOMES.filter((o) => (o === name) !== basics.resolutions.includes(o)) });
  return (
    <Section title={t('policy.edit')}>
      <form className={classes.form} onSubmit={submit} noValidate>
        <div className={classes.fields}>
          <TextInput label={t('policy.days')} inputMode="numeric" value={days} onChange={(e) => setDays(e.currentTarget.value)} error={checked && bad.days} />
          <NativeSelect label={t('policy.from')} value={basics.from} onChange={(e) => set({ from: e.currentTarget.value as Basics['from'] })} data={(['delivery', 'fulfilment', 'order'] as const).map((value) => ({ value, label: t(`policy.from.${value}`) }))} />
          <TextInput label={t('policy.feeField', { currency })} placeholder={t('policy.free')} inputMode="decimal" value={fee} onChange={(e) => setFee(e.currentTarget.value)} error={checked && bad.fee} />
          <TextInput label={t('policy.bonusField')} placeholder="0" inputMode="decimal" value={bonus} onChange={(e) => setBonus(e.currentTarget.value)} error={checked && bad.bonus} />
          <NativeSelect label={t('policy.shippingField')} value={basics.shipping} onChange={(e) => set({ shipping: e.currentTarget.value as Basics['shipping'] })} data={(['never', 'full_return', 'always'] as const).map((value) => ({ value, label: t(`policy.shippingField.${value}`) }))} />
          <NativeSelect label={t('policy.triggerField')} value={basics.trigger} onChange={(e) => set({ trigger: e.currentTarget.value })} data={TRIGGERS.map((value) => ({ value, label: t(`policy.triggerField.${value}`) }))} />
        </div>
        <div className={classes.fields}>
          <Checks legend={t('policy.outcomesField')} error={checked ? bad.outcomes : undefined}>
            {OUTCOMES.map((name) => <Check key={name} label={t(`policy.outcome.${name}`)} checked={basics.resolutions.includes(name)} onChange={() => flip(name)} />)}
          </Checks>
          <Checks legend={t('policy.methodsField')} error={checked ? bad.methods : undefined}>
            <Check label={t('policy.method.label')} checked={basics.label} onChange={() => set({ label: !basics.label })} />
            <Check label={t('policy.method.qr')} checked={basics.qr} onChange={() => set({ qr: !basics.qr })} />
          </Checks>
          <Checks legend={t('policy.approval')}>
            <Check label={t('policy.autoField')} checked={basics.auto} onChange={() => set({ auto: !basics.auto })} />
          </Checks>
        </div>
        <div className={classes.buttons}>
          <Button type="submit">{t('policy.review')}</Button>
          <Button variant="default" onClick={onClose}>{t('cancel')}</Button>
        </div>
      </form>
      {asking && <Publish policy={policy} before={before} after={asking} currency={currency} onBack={() => setAsking(null)} onDone={onClose} />}
    </Section>
  );
}

function Checks({ legend, error, children }: { legend: string; error?: string; children: ReactNode }) {
  return (
    <fieldset className={classes.fieldset}>
      <legend className={classes.legend}>{legend}</legend>
      {children}
      {error && <p role="alert" className={classes.error}>{error}</p>}
    </fieldset>
  );
}

function Check({ label, checked, onChange }: { label: string; checked: boolean; onChange(): void }) {
  return (
    <label className={classes.check}>
      <input type="checkbox" checked={checked} onChange={onChange} />
      {label}
    </label>
  );
}

interface PublishProps {
  policy: Policy;
  before: Basics;
  after: Basics;
  currency: string;
  onBack(): void;
  onDone(): void;
}

/** What changes, sentence by sentence, before it counts. */
function Publish({ policy, before, after, currency, onBack, onDone }: PublishProps) {
  const words = useWords();
  const { t } = words;
  const toast = useToast();
  const client = useQueryClient();
  const old = new Map(sentencesOf(before, currency, words).map((s) => [s.key, s.text]));
  const changes = sentencesOf(after, currency, words).filter((s) => old.get(s.key) !== s.text);
  const publish = useMutation({
    mutationFn: async () => {
      const draft = await body(api.POST('/api/v1/policies', { body: withBasics(policy, after) as unknown as Schemas['Policy'] }));
      return body(api.POST('/api/v1/policies/{version}/publish', { params: { path: { version: draft.version } } }));
    },
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: policiesQuery.queryKey });
      toast({ text: t('policy.published', { version: String(made.version) }) });
      onDone();
    },
  });
  if (changes.length === 0) {
    return <Confirm title={t('policy.same')} action={t('policy.back')} onConfirm={onBack} onClose={onBack}>{t('policy.same.text')}</Confirm>;
  }
  return (
    <Confirm title={t('policy.publish')} action={t('policy.publish.go')} busy={publish.isPending} error={publish.error} onConfirm={() => publish.mutate()} onClose={onBack}>
      <table className={classes.diff}>
        <thead className="visually-hidden"><tr><th scope="col">{t('policy.before')}</th><th scope="col">{t('policy.after')}</th></tr></thead>
        <tbody>
          {changes.map((s) => (
            <tr key={s.key}>
              <td><del>{old.get(s.key)}</del></td>
              <td><ins>{s.text}</ins></td>
            </tr>
          ))}
        </tbody>
      </table>
      <p style={{ marginTop: 12 }}>{t('policy.publish.text')}</p>
    </Confirm>
  );
}
