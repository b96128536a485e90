import { IconAlertTriangle, IconCheck, IconDownload, IconHourglass, IconUpload, type Icon } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type ChangeEvent, type DragEvent } from 'react';
import { sentence } from '../../data/problem';
import { Choice } from '../../ui/Choice';
import page from '../../ui/Page.module.css';
import { rowLink, Table, Two, type Column } from '../../ui/Table';
import { Tag } from '../../ui/Tag';
import type { Tone } from '../../ui/Status';
import { useWords, type Words } from '../../words/Words';
import { Head } from '../settings/Head';
import settings from '../settings/Settings.module.css';
import classes from './Imports.module.css';
import { bring, importsQuery, KINDS, type Kind, type Summary } from './queries';
import { keepSamples, peek } from './samples';

const MOST = 25_000_000;
export const LOOKS: Record<string, [Tone, Icon]> = {
  waiting: ['info', IconHourglass],
  checked: ['warn', IconHourglass],
  done: ['good', IconCheck],
  failed: ['bad', IconAlertTriangle],
};

/** A file comes in here, is checked, and is imported from its own page. */
export function ImportsPage() {
  const { t } = useWords();
  const [kind, setKind] = useState<Kind>('orders');
  return (
    <div className={settings.room}>
      <Head title={t('settings.import')} text={t('import.lead')} />
      <section className={`card ${classes.start}`} aria-label={t('settings.import')}>
        <Choice<Kind> legend={t('import.kind')} value={kind} onChange={setKind} options={KINDS.map((value) => ({ value, label: t(`ikind.${value}`) }))} />
        <p className={settings.hint}>
          {t(`import.${kind}.text`)}{' '}
          <a href={`/api/v1/imports/templates/${kind}`} download className={classes.download}><IconDownload size={14} aria-hidden />{t('import.template')}</a>
        </p>
        <Drop kind={kind} />
      </section>
      <Earlier />
    </div>
  );
}

function Drop({ kind }: { kind: Kind }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const [over, setOver] = useState(false);
  const send = useMutation({
    mutationFn: async (file: File) => {
      const [started, samples] = await Promise.all([bring(kind, file), peek(file)]);
      keepSamples(started.import_id, samples);
      return started;
    },
    onSuccess: (started) => void navigate({ to: '/settings/import/$importId', params: { importId: started.import_id } }),
  });
  const [tooBig, setTooBig] = useState(false);
  const take = (file: File | undefined) => {
    if (!file || send.isPending) return;
    setTooBig(file.size > MOST);
    if (file.size <= MOST) send.mutate(file);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  const onChoose = (event: ChangeEvent<HTMLInputElement>) => {
    take(event.currentTarget.files?.[0]);
    event.currentTarget.value = '';
  };
  const onOver = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  const problem = tooBig ? t('import.tooBig') : send.error ? sentence(send.error, t) : null;
  return (
    <div className={classes.dropper}>
      <label className={classes.drop} data-over={over || undefined} onDragOver={onOver} onDragLeave={() => setOver(false)} onDrop={onDrop}>
        <input type="file" className="visually-hidden" accept=".csv,.tsv,.txt,text/csv" onChange={onChoose} aria-describedby={problem ? 'import-problem' : undefined} />
        <span className={classes.dropIcon}><IconUpload size={24} stroke={1.6} aria-hidden /></span>
        <span role="status">{send.isPending ? t('import.uploading') : <><strong>{t('import.drop')}</strong> <span className={classes.choose}>{t('import.choose')}</span></>}</span>
        <span className={settings.hint}>{t('import.limit')}</span>
      </label>
      {problem && <p role="alert" id="import-problem" className={settings.error}>{problem}</p>}
    </div>
  );
}

function Earlier() {
  const words = useWords();
  const { t } = words;
  const query = useInfiniteQuery(importsQuery);
  const rows = query.data?.pages.flatMap((one) => one.items);
  if (!rows || rows.length === 0) return null;
  return (
    <section className={page.stack} aria-label={t('import.recent')}>
      <h2>{t('import.recent')}</h2>
      <Table label={t('import.recent')} columns={columns(words)} rows={rows} keyOf={(row) => row.id} more={{ has: query.hasNextPage, busy: query.isFetchingNextPage, load: () => void query.fetchNextPage() }} />
    </section>
  );
}

function columns({ t, word, ago }: Words): Column<Summary>[] {
  return [
    {
      key: 'file', label: t('import.col.file'), width: 'minmax(0, 2fr)', area: 'a',
      cell: (row) => <Two first={<Link className={rowLink} to="/settings/import/$importId" params={{ importId: row.id }}>{row.filename}</Link>} second={word('ikind', row.kind)} />,
    },
    {
      key: 'result', label: t('import.col.result'), width: 'minmax(0, 1.4fr)', area: 'e',
      cell: (row) => {
        const [tone, icon] = LOOKS[row.state] ?? LOOKS.waiting!;
        return <Tag tone={tone} icon={icon}>{word('istate', row.state)}</Tag>;
      },
    },
    { key: 'records', label: t('import.col.records'), width: 'minmax(0, 1fr)', area: 'c', cell: (row) => (row.problem_count > 0 ? t('import.problems.count', { count: row.problem_count }) : row.state === 'waiting' ? '' : t('import.records', { count: row.records })) },
    { key: 'at', label: t('import.col.at'), width: '112px', end: true, area: 'b', cell: (row) => <span className="muted num">{ago(row.created_at)}</span> },
  ];
}
