import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { Section } from '../../ui/Section';
import { useWords } from '../../words/Words';
import settings from '../settings/Settings.module.css';
import classes from './Imports.module.css';
import type { Field, Import } from './queries';
import { samplesOf } from './samples';

interface Props {
  file: Import;
  /** Field → column, empty where nothing fills it. One column may fill several fields. */
  chosen: Record<string, string>;
  may: boolean;
  onChoose(field: string, column: string): void;
}

/** Which column of the file fills which of our fields, with values of the file beside it. */
export function Mapping({ file, chosen, may, onChoose }: Props) {
  const { t } = useWords();
  // Decided once, so that no row jumps away from under the hand that changes it.
  const [first] = useState(() => new Set(file.fields.filter((field) => field.required || file.mapping[field.name]).map((field) => field.name)));
  const rest = file.fields.filter((field) => !first.has(field.name));
  const used = new Set(Object.values(chosen));
  const unused = file.columns.filter((column) => !used.has(column));
  const table = (fields: Field[]) => <Rows file={file} fields={fields} chosen={chosen} may={may} onChoose={onChoose} />;
  return (
    <Section title={t('import.mapping')} flush>
      <div className={classes.mapping}>
        <p className={settings.hint}>{t('import.mapping.text')}</p>
        {table(file.fields.filter((field) => first.has(field.name)))}
        {rest.length > 0 && (
          <details className={classes.rest}>
            <summary>{t('import.more', { count: rest.length })}</summary>
            {table(rest)}
          </details>
        )}
        {unused.length > 0 && <p className={`${settings.hint} ${classes.unused}`}>{t('import.unused', { columns: unused.join(', ') })}</p>}
      </div>
    </Section>
  );
}

function Rows({ file, fields, chosen, may, onChoose }: Props & { fields: Field[] }) {
  const { t } = useWords();
  const samples = samplesOf(file.id);
  const known = Object.keys(samples).length > 0;
  const columns = [{ value: '', label: t('import.nothing') }, ...[...new Set(file.columns)].filter(Boolean).map((column) => ({ value: column, label: column }))];
  return (
    <table className={classes.table}>
      <thead><tr><th scope="col">{t('import.col.field')}</th><th scope="col">{t('import.col.column')}</th>{known && <th scope="col">{t('import.col.sample')}</th>}</tr></thead>
      <tbody>
        {fields.map((field) => {
          const column = chosen[field.name] ?? '';
          return (
            <tr key={field.name}>
              <th scope="row">{field.label}{field.required && <span className="muted"> {t('import.required')}</span>}</th>
              <td><NativeSelect aria-label={t('import.columnOf', { field: field.label })} size="xs" disabled={!may} value={column} data={columns} onChange={(e) => onChoose(field.name, e.currentTarget.value)} error={field.required && !column ? t('import.missing') : undefined} /></td>
              {known && <td className={`muted ${classes.sample}`}>{(samples[column] ?? []).join(' · ')}</td>}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
