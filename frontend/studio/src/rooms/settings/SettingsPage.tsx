import { IconChevronLeft } from '@tabler/icons-react';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useWords } from '../../words/Words';
import { SETTINGS } from './rooms';
import classes from './Settings.module.css';

/** The frame of all settings: their list at the side, or one level up on a phone. */
export function SettingsPage() {
  const { t } = useWords();
  const inside = useRouterState({ select: (state) => state.location.pathname.replace(/\/$/, '').endsWith('/settings') });
  return (
    <div className={classes.page}>
      <nav className={classes.nav} aria-label={t('settings.title')}>
        <h2>{t('settings.title')}</h2>
        {SETTINGS.map(({ to, label, icon: Icon }) => (
          <Link key={to} to={to}>
            <Icon size={18} stroke={1.7} aria-hidden />
            {t(label)}
          </Link>
        ))}
      </nav>
      <div>
        {!inside && (
          <Link to="/settings" className={classes.back}>
            <IconChevronLeft size={18} aria-hidden />
            {t('settings.title')}
          </Link>
        )}
        <Outlet />
      </div>
    </div>
  );
}

/** Every setting as a tile: the start on a phone, and where "Settings" leads. */
export function SettingsIndex() {
  const { t } = useWords();
  return (
    <div className={classes.room}>
      <title>{`${t('settings.title')} · ${t('appName')}`}</title>
      <h1>{t('settings.title')}</h1>
      <div className={classes.index}>
        {SETTINGS.map(({ to, label, text, icon: Icon }) => (
          <Link key={to} to={to} className={`card ${classes.tile}`}>
            <Icon size={24} stroke={1.6} aria-hidden />
            <div>
              <strong>{t(label)}</strong>
              <span>{t(text)}</span>
            </div>
          </Link>
        ))}
      </div>
    </div>
  );
}
