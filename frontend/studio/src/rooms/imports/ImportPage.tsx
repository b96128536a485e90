import { Button, Skeleton } from '@mantine/core';
import { Problem } from '@comeback/api';
import { IconArrowLeft, IconFileOff } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { sentence } from '../../data/problem';
import { taskQuery } from '../../data/task';
import { Empty } from '../../ui/Empty';
import { LinkButton } from '../../ui/LinkButton';
import { Notice } from '../../ui/Notice';
import page from '../../ui/Page.module.css';
import { TaskBar } from '../../ui/TaskBar';
import { Trouble } from '../../ui/Trouble';
import { useWords } from '../../words/Words';
import { Head } from '../settings/Head';
import settings from '../settings/Settings.module.css';
import { useMay } from '../settings/useMay';
import classes from './Imports.module.css';
import { Mapping } from './Mapping';
import { Mistakes } from './Mistakes';
import { importQuery, run, type Import } from './queries';

const route = getRouteApi('/app/settings/import/$importId');
const ROOMS = { orders: '/orders', shipments: '/shipments', products: '/products' } as const;
type Chosen = Record<string, string>;

/** One file: what its columns are, what is wrong with it, and the button that imports it. */
export function ImportPage() {
  const { t } = useWords();
  const { importId } = route.useParams();
  const query = useInfiniteQuery(importQuery(importId));
  const file = query.data?.pages[0];
  if (!file && query.error instanceof Problem && query.error.status === 404) {
    return <div className="card"><title>{t('settings.import')}</title><Empty icon={IconFileOff} title={t('problem.notFound')} action={<LinkButton variant="default" to="/settings/import">{t('import.back')}</LinkButton>} /></div>;
  }
  if (query.error && !file) return <Trouble error={query.error} onRetry={() => void query.refetch()} />;
  if (!file) return <div className={settings.room}><Skeleton height={40} width={280} radius={10} /><Skeleton height={88} radius={14} /><Skeleton height={320} radius={14} /></div>;
  const mistakes = { rows: query.data?.pages.flatMap((one) => one.problems) ?? [], more: { has: query.hasNextPage, busy: query.isFetchingNextPage, load: () => void query.fetchNextPage() } };
  return <Loaded key={file.task} file={file} mistakes={mistakes} />;
}

interface LoadedProps {
  file: Import;
  mistakes: { rows: Import['problems']; more: { has: boolean; busy: boolean; load(): void } };
}

function Loaded({ file, mistakes }: LoadedProps) {
  const { t, word } = useWords();
  const client = useQueryClient();
  const may = useMay(`${file.kind}:write`);
  const [chosen, setChosen] = useState<Chosen>({});
  const start = useMutation({
    mutationFn: (values: { mapping: Chosen | null; dry_run: boolean }) => run(file.id, values),
    onSuccess: () => client.invalidateQueries({ queryKey: ['imports'] }),
  });
  const waiting = file.state === 'waiting';
  const changed = Object.entries(chosen).some(([field, column]) => (file.mapping[field] ?? '') !== column);
  // Every field is named, also the empty ones: what is left out would be guessed again.
  const all = Object.fromEntries(file.fields.map(({ name }) => [name, chosen[name] ?? file.mapping[name] ?? '']));
  return (
    <div className={settings.room}>
      <Link to="/settings/import" className={page.back}><IconArrowLeft size={18} aria-hidden />{t('import.back')}</Link>
      <Head title={file.filename} text={[word('ikind', file.kind), file.source && word('import.source', file.source)].filter(Boolean).join(' · ')} />
      <div className={classes.result}>
        {waiting ? <Running file={file} /> : <Result file={file} />}
        {start.error && <p role="alert" className={settings.error}>{sentence(start.error, t)}</p>}
        {!waiting && may && file.state !== 'done' && (
          <div className={settings.buttons}>
            {changed ? (
              <>
                <Button loading={start.isPending} onClick={() => start.mutate({ mapping: all, dry_run: true })}>{t('import.checkAgain')}</Button>
                <span className={settings.hint}>{t('import.changed')}</span>
              </>
            ) : file.state === 'checked' && file.records > 0 ? (
              <Button loading={start.isPending} onClick={() => start.mutate({ mapping: all, dry_run: false })}>{t(`import.apply.${file.kind as keyof typeof ROOMS}`, { count: file.records })}</Button>
            ) : (
              <LinkButton variant="default" to="/settings/import">{t('import.again')}</LinkButton>
            )}
          </div>
        )}
      </div>
      {!waiting && file.problem_count > 0 && <Mistakes file={file} {...mistakes} />}
      {!waiting && file.columns.length > 0 && file.state !== 'done' && <Mapping file={file} chosen={all} may={may} onChoose={(field, column) => setChosen({ ...chosen, [field]: column })} />}
    </div>
  );
}

function Running({ file }: { file: Import }) {
  const { t } = useWords();
  const client = useQueryClient();
  const { data: task } = useQuery(taskQuery(file.task));
  const ended = task !== undefined && task.state !== 'running';
  useEffect(() => {
    if (ended) void client.invalidateQueries({ queryKey: ['imports'] });
  }, [ended, client]);
  return <div className={`card ${classes.running}`} role="status"><TaskBar label={t(file.dry_run ? 'import.running.check' : 'import.running.apply')} done={task?.done ?? 0} total={task?.total ?? null} /></div>;
}

function Result({ file }: { file: Import }) {
  const { t } = useWords();
  const { created, updated, unchanged } = file;
  const kind = file.kind as keyof typeof ROOMS;
  if (file.state === 'done') {
    return (
      <div role="status">
        <Notice tone="good" action={<LinkButton size="xs" variant="default" to={ROOMS[kind]}>{t(`import.done.${kind}`)}</LinkButton>}>{t('import.done', { created, updated, unchanged })}</Notice>
      </div>
    );
  }
  return (
    <div role="status">
      {file.state === 'checked' ? <Notice tone="good">{t('import.checked', { created, updated, unchanged })}</Notice>
        : <Notice tone="bad"><strong>{t('import.bad', { count: file.problem_count })}</strong> {t('import.bad.text')}</Notice>}
    </div>
  );
}
