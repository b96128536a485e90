import { Link } from '@tanstack/react-router';
import type { Schemas } from '@comeback/api';
import { useEffect, useRef } from 'react';
import { TABS, type Tab } from '../../data/queries';
import { useWords } from '../../words/Words';
import classes from './ReturnsPage.module.css';

export function Tabs({ current, counts }: { current: Tab; counts: Schemas['ReturnCounts'] | undefined }) {
  const { t } = useWords();
  const strip = useRef<HTMLElement>(null);
  useEffect(() => {
    const active = strip.current?.querySelector('[aria-current]');
    active?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [current]);
  return (
    <nav className={classes.tabs} aria-label={t('returns.tabs')} ref={strip}>
      {TABS.map((tab) => (
        <Link key={tab} to="/returns" search={{ tab }} className={classes.tab} aria-current={tab === current ? 'page' : undefined} activeProps={{}} resetScroll={false}>
          {t(`tab.${tab}`)}
          <span className={classes.tabCount} data-empty={!counts?.[tab] || undefined}>{counts?.[tab] ?? ' '}</span>
        </Link>
      ))}
    </nav>
  );
}
