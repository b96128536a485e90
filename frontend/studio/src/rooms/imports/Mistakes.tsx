import { IconDownload } from '@tabler/icons-react';
import page from '../../ui/Page.module.css';
import { Table, type Column } from '../../ui/Table';
import { useWords, type Words } from '../../words/Words';
import classes from './Imports.module.css';
import type { Import, Mistake } from './queries';

interface Props {
  file: Import;
  rows: Mistake[];
  more: { has: boolean; busy: boolean; load(): void };
}

const KEPT = 1000;

/** Every bad place of the file: the row as a spreadsheet counts, the column, a sentence. */
export function Mistakes({ file, rows, more }: Props) {
  const words = useWords();
  const { t } = words;
  return (
    <section className={page.stack} aria-label={t('import.problems')} style={{ gap: 8 }}>
      <div className={page.head}>
        <h2>{t('import.problems')}</h2>
        <a href={`/api/v1/imports/${file.id}/problems`} download className={classes.download}><IconDownload size={16} aria-hidden />{t('import.download')}</a>
      </div>
      {file.problem_count > KEPT && <p className="muted">{t('import.problems.kept', { count: KEPT })}</p>}
      <Table label={t('import.problems')} columns={columns(words)} rows={rows.map((row, at) => ({ ...row, at }))} keyOf={(row) => String(row.at)} more={more} />
    </section>
  );
}

function columns({ t, number }: Words): Column<Mistake & { at: number }>[] {
  return [
    { key: 'row', label: t('import.col.row'), width: '88px', area: 'a', cell: (row) => <strong className="num">{t('import.row', { row: number(row.row) })}</strong> },
    { key: 'where', label: t('import.col.where'), width: 'minmax(0, 1fr)', area: 'b', cell: (row) => <span className="ellipsis muted">{row.column ?? ''}</span> },
    { key: 'what', label: t('import.col.what'), width: 'minmax(0, 3fr)', area: 'e', cell: (row) => <span className={classes.what}>{row.message}</span> },
  ];
}
