import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import type { Schemas } from '@comeback/api';
import { useState, type FormEvent } from 'react';
import { useReturnAction } from '../../data/actions';
import { sentence } from '../../data/problem';
import { Choice } from '../../ui/Choice';
import { Section } from '../../ui/Section';
import { useToast } from '../../ui/Toasts';
import { useWords } from '../../words/Words';
import classes from './Inspect.module.css';
import { DISPOSITIONS, graded, GRADES, mistakes, start, toSend, type Disposition, type Finding, type Grade, type Mistake } from './inspection';
import { LineHead } from './Lines';
import { Stepper } from './Stepper';

/** The checklist: one card a line, ready to save when everything is as new. */
export function Inspect({ item }: { item: Schemas['ReturnDetail'] }) {
  const { t } = useWords();
  const toast = useToast();
  const { mutate, isPending } = useReturnAction(item.id);
  const [findings, setFindings] = useState(() => start(item.lines));
  const [wrong, setWrong] = useState(new Map<string, Mistake>());
  const change = (next: Finding) => {
    setFindings((all) => all.map((old) => (old.line === next.line ? next : old)));
    setWrong((old) => new Map([...old].filter(([line]) => line !== next.line && line !== '')));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = mistakes(findings);
    setWrong(found);
    if (found.size > 0) return;
    mutate({ action: 'inspect', lines: toSend(findings) }, {
      onSuccess: () => toast({ text: t('done.inspect', { number: item.number }) }),
      onError: (error) => toast({ text: sentence(error, t), tone: 'bad' }),
    });
  };
  const allGood = () => setFindings((all) => all.map((old) => ({ ...graded(old, 'A'), arrived: old.expected, deduction: 0 })));
  const general = wrong.get('');
  return (
    <Section title={t('inspect.title')} aside={<Button size="xs" variant="subtle" onClick={allGood}>{t('inspect.allGood')}</Button>} flush>
      <form onSubmit={submit} noValidate>
        {findings.map((finding) => {
          const line = item.lines.find((other) => other.id === finding.line)!;
          return (
            <fieldset key={finding.line} className={classes.line}>
              <legend className="visually-hidden">{line.title}</legend>
              <LineHead line={line} currency={item.quoted.currency} />
              <Fields finding={finding} mistake={wrong.get(finding.line)} onChange={change} />
            </fieldset>
          );
        })}
        <div className={classes.foot}>
          <p role="alert" className={classes.error}>{general && t(general)}</p>
          <Button type="submit" loading={isPending}>{t('inspect.submit')}</Button>
        </div>
      </form>
    </Section>
  );
}

interface FieldsProps {
  finding: Finding;
  mistake: Mistake | undefined;
  onChange(next: Finding): void;
}

function Fields({ finding: f, mistake, onChange }: FieldsProps) {
  const { t } = useWords();
  return (
    <div className={classes.fields}>
      <Stepper label={t('inspect.arrived')} suffix={t('inspect.of', { count: f.expected })} value={f.arrived} max={f.expected} onChange={(arrived) => onChange({ ...f, arrived })} />
      {f.arrived > 0 && (
        <>
          <div className={classes.field}>
            <Choice legend={t('inspect.grade')} value={f.grade} onChange={(grade) => onChange(graded(f, grade))} options={GRADES.map((grade) => ({ value: grade, label: <GradeLabel grade={grade} /> }))} />
          </div>
          <NativeSelect
            label={t('inspect.disposition')}
            value={f.disposition}
            onChange={(e) => onChange({ ...f, disposition: e.currentTarget.value as Disposition })}
            data={DISPOSITIONS.map((value) => ({ value, label: t(`disposition.${value}`) }))}
          />
          <Deduction finding={f} mistake={mistake} onChange={onChange} />
          <Note finding={f} onChange={onChange} />
        </>
      )}
    </div>
  );
}

function GradeLabel({ grade }: { grade: Grade }) {
  const { t } = useWords();
  return (
    <span className={classes.grade}>
      <b>{grade}</b> <span>{t(`grade.${grade}`)}</span>
    </span>
  );
}

function Deduction({ finding: f, mistake, onChange }: FieldsProps) {
  const { t } = useWords();
  const percent = (text: string) => Math.min(100, Math.max(0, Math.trunc(Number(text)) || 0));
  return (
    <>
      <TextInput
        label={t('inspect.deduction')}
        inputMode="numeric"
        rightSection="%"
        value={f.deduction === 0 ? '' : String(f.deduction)}
        placeholder="0"
        onChange={(e) => onChange({ ...f, deduction: percent(e.currentTarget.value) })}
      />
      {f.deduction > 0 && (
        <TextInput
          className={classes.whole}
          label={t('inspect.deductionReason')}
          required
          maxLength={500}
          value={f.deductionReason}
          error={mistake && t(mistake)}
          onChange={(e) => onChange({ ...f, deductionReason: e.currentTarget.value })}
        />
      )}
    </>
  );
}

function Note({ finding: f, onChange }: Pick<FieldsProps, 'finding' | 'onChange'>) {
  const { t } = useWords();
  const [shown, setShown] = useState(f.note !== '');
  if (!shown) {
    return <Button className={classes.addNote} size="xs" variant="subtle" onClick={() => setShown(true)}>{t('inspect.addNote')}</Button>;
  }
  return <Textarea className={classes.whole} autoFocus label={t('inspect.note')} rows={2} maxLength={500} value={f.note} onChange={(e) => onChange({ ...f, note: e.currentTarget.value })} />;
}
