import type { Schemas } from '@comeback/api';
import { Status } from '../../ui/Status';
import { useWords } from '../../words/Words';
import classes from './Detail.module.css';

/** Each refund attempt with its state at the provider, and the credit that was issued. */
export function Attempts({ settlements, currency }: { settlements: Schemas['SettlementOut'][]; currency: string }) {
  const { t, word, money, dateTime } = useWords();
  return (
    <ul className={classes.attempts}>
      {settlements.flatMap((settlement) => [
        ...settlement.attempts.map((attempt) => (
          <li key={attempt.id}>
            <span className={classes.attemptText}>
              <span>{money(attempt.amount, currency)} · {word('tender', attempt.tender)}</span>
              <span className="muted ellipsis">{[dateTime(attempt.at), attempt.failure_reason ? word('failure', attempt.failure_reason) : attempt.provider_ref].filter(Boolean).join(' · ')}</span>
            </span>
            <Status kind="attempt" value={attempt.state} />
          </li>
        )),
        ...(settlement.credit_total > 0
          ? [
              <li key={`${settlement.id}-credit`}>
                <span className={classes.attemptText}>
                  <span>{money(settlement.credit_total, currency)} · {t('money.credit')}</span>
                  <span className="muted">{dateTime(settlement.at)}</span>
                </span>
                <Status kind="status" value="settled" />
              </li>,
            ]
          : []),
      ])}
    </ul>
  );
}
