import type { Schemas } from '@comeback/api';
import { IconArrowBigRightLines, IconClock, IconDoorExit, IconMail, IconBolt, IconGitBranch, type Icon } from '@tabler/icons-react';
import type { CSSProperties, ReactNode } from 'react';
import { humanise } from '../../words/messages';
import { useWords, type Words } from '../../words/Words';
import classes from './FlowPage.module.css';
import { share } from './FlowsPage';
import type { Detail, Step } from './queries';

const ICONS: Record<Step['kind'], Icon> = { send: IconMail, wait: IconClock, condition: IconGitBranch, exit: IconDoorExit };

/** The flow as a list that reads from top to bottom: the same flow for a phone and a screen reader. */
export function Steps({ item }: { item: Detail }) {
  const { t, word } = useWords();
  return (
    <section aria-labelledby="steps">
      <h2 id="steps" className="visually-hidden">{t('flow.steps')}</h2>
      <ol className={classes.steps}>
        <li className={classes.step} data-goes-on>
          <Card icon={IconBolt} title={`${t('flow.when')}: ${item.flow.events.map((event) => word('event', event)).join(', ')}`} detail={[t('flow.once', { key: word('fkey', item.key) }), said(item.entry, t, word) && `${t('flow.only')}: ${said(item.entry, t, word)}`]} />
        </li>
        {item.steps.map((step, i) => (
          <li key={`${step.node}${i}`} className={classes.step} data-goes-on={goesOn(step, item.steps[i + 1]) || undefined} style={{ '--depth': step.depth } as CSSProperties}>
            {step.branch && <p className={classes.branch} data-no={step.branch !== 'yes' || undefined}>{t(`branch.${step.branch}`)}</p>}
            <StepCard step={step} />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Whether the line is drawn on: the next card continues this one and is not another answer further up. */
function goesOn(step: Step, next: Step | undefined): boolean {
  return next !== undefined && next.depth >= step.depth && !(next.branch && next.depth === step.depth);
}

function StepCard({ step }: { step: Step }) {
  const words = useWords();
  const { t, word, number } = words;
  if (step.again) return <Card icon={IconArrowBigRightLines} title={titleOf(step, words)} detail={[t('step.again')]} quiet />;
  const detail = [
    step.kind === 'send' && [word('class', step.class_ ?? ''), word('channel', step.channel ?? '')].join(' · '),
    step.kind === 'condition' && said(step.clauses, t, word),
    step.kind === 'exit' && step.reason && humanise(step.reason),
    step.wait_event && step.timeout && t('step.atMost', { time: duration(step.timeout, words.language) }),
  ];
  const taken = step.kind === 'send' ? step.taken.filter((way) => way.result === 'blocked' || way.result === 'failed') : step.taken;
  return (
    <Card icon={ICONS[step.kind]} title={titleOf(step, words)} detail={detail}>
      {step.kind === 'send' && (
        <dl className={classes.numbers}>
          <div><dt>{t('flows.col.sent')}</dt><dd className="num">{number(step.sent)}</dd></div>
          <div><dt>{t('flows.col.opened')}</dt><dd className="num">{step.sent > 0 ? `${number(step.opened)} · ${share(step.opened, step.sent)}` : '–'}</dd></div>
          <div><dt>{t('flows.col.clicked')}</dt><dd className="num">{step.sent > 0 ? `${number(step.clicked)} · ${share(step.clicked, step.sent)}` : '–'}</dd></div>
        </dl>
      )}
      {(taken.length > 0 || step.here > 0) && (
        <p className={classes.taken}>{[...taken.map((way) => `${number(way.people)} ${word('taken', way.result)}`), step.here > 0 && t('step.here', { count: step.here })].filter(Boolean).join(' · ')}</p>
      )}
    </Card>
  );
}

interface CardProps {
  icon: Icon;
  title: string;
  detail: (string | false | null | undefined)[];
  quiet?: boolean;
  children?: ReactNode;
}

function Card({ icon: CardIcon, title, detail, quiet, children }: CardProps) {
  const lines = detail.filter(Boolean);
  return (
    <div className={`card ${classes.card}`} data-quiet={quiet || undefined}>
      <span className={classes.icon}><CardIcon size={20} stroke={1.7} aria-hidden /></span>
      <div className={classes.text}>
        <h3>{title}</h3>
        {lines.map((line) => <p key={String(line)} className="muted">{line}</p>)}
      </div>
      {children}
    </div>
  );
}

function titleOf(step: Step, { t, word, language }: Words): string {
  switch (step.kind) {
    case 'send':
      return t('step.send', { template: word('template', step.template ?? '') });
    case 'wait':
      return step.wait_event ? t('step.waitFor', { event: word('event', step.wait_event) }) : t('step.wait', { time: duration(step.wait_for ?? '', language) });
    case 'condition':
      return t('step.condition');
    case 'exit':
      return t('step.exit');
  }
}

/** "PT2H" → "2 hours", "P3D" → "3 days". */
export function duration(text: string, locale: string): string {
  const parts = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
  if (!parts) return text;
  const units = ['week', 'day', 'hour', 'minute', 'second'] as const;
  const told = units.flatMap((unit, i) => (parts[i + 1] ? [Number(parts[i + 1]).toLocaleString(locale, { style: 'unit', unit, unitDisplay: 'long' })] : []));
  return new Intl.ListFormat(locale, { type: 'unit' }).format(told);
}

/** A condition as words: "Order total is at least 1000 and …". */
function said(clauses: Schemas['ClauseOut'][], t: Words['t'], word: Words['word']): string {
  return clauses
    .map((clause, i) => {
      const field = word('ffield', clause.field);
      const plain = clause.op === 'eq' && (clause.value === 'true' || clause.value === 'false');
      const no = clause.negated !== (plain && clause.value === 'false');
      const test = plain ? field : `${field} ${word('op', clause.op)} ${clause.value}`;
      return [i > 0 && word('op', clause.join), no && t('op.not'), test].filter(Boolean).join(' ');
    })
    .join(' ');
}
