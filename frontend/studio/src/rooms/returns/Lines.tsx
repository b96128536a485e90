import type { Schemas } from '@comeback/api';
import { IconMessage } from '@tabler/icons-react';
import { Picture } from '../../ui/Picture';
import { Status } from '../../ui/Status';
import { useWords } from '../../words/Words';
import classes from './Detail.module.css';

type Item = Schemas['ReturnDetail'];
export type Line = Item['lines'][number];

export function Lines({ item }: { item: Item }) {
  return (
    <ul className={classes.lines}>
      {item.lines.map((line) => (
        <li key={line.id} className={classes.line}>
          <LineHead line={line} currency={item.quoted.currency} />
          {line.inspections.map((found) => <Finding key={found.at + found.grade} found={found} />)}
        </li>
      ))}
    </ul>
  );
}

/** Picture, what, why, what the customer wants for it, and its worth. */
export function LineHead({ line, currency }: { line: Line; currency: string }) {
  const { t, word, money } = useWords();
  const wish = line.exchange_title ? `${word('resolution', line.resolution)} ${t('resolution.for', { title: line.exchange_title })}` : word('resolution', line.resolution);
  return (
    <div className={classes.lineHead}>
      <Picture src={line.image_url} size={56} />
      <div className={classes.lineText}>
        <p className={classes.lineTitle}>{line.quantity > 1 ? `${line.quantity} × ` : ''}{line.title}</p>
        <p className="muted">{[line.sku, line.reason && word('reason', line.reason), wish].filter(Boolean).join(' · ')}</p>
      </div>
      <div className={classes.lineEnd}>
        <span className="num">{money(line.amount, currency)}</span>
        <Status kind="goods" value={line.goods_state} />
      </div>
      {line.note && <p className={classes.quote}><IconMessage size={16} aria-hidden />{line.note}</p>}
    </div>
  );
}

function Finding({ found }: { found: Line['inspections'][number] }) {
  const { t, word } = useWords();
  const text = found.grade && found.disposition
    ? t('inspect.found', { count: found.quantity, grade: `${found.grade} (${word('grade', found.grade)})`, disposition: word('disposition', found.disposition) })
    : '';
  const deduction = found.deduction_percent > 0 ? `−${found.deduction_percent} %: ${found.deduction_reason ?? ''}` : '';
  return <p className={classes.finding}>{[text, deduction, found.note].filter(Boolean).join(' · ')}</p>;
}
