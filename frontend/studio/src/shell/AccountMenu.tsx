import { useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { api } from '@comeback/api';
import { IconKeyboard, IconLogout, IconUser } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { forget } from '../data/cache';
import { flushDeferred } from '../data/deferred';
import { Choice } from '../ui/Choice';
import { LANGUAGES, useWords, type Language } from '../words/Words';
import classes from './Shell.module.css';

const SCHEMES: MantineColorScheme[] = ['light', 'dark', 'auto'];

/** What the account button opens: appearance, language, shortcuts, the way out. */
export function AccountMenu({ onShortcuts }: { onShortcuts(): void }) {
  const { t, language, setLanguage } = useWords();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <Choice legend={t('menu.scheme')} value={colorScheme} onChange={setColorScheme} options={SCHEMES.map((value) => ({ value, label: t(`menu.${value}`) }))} />
      <label className={classes.menuField}>
        {t('menu.language')}
        <select value={language} onChange={(event) => setLanguage(event.currentTarget.value as Language)}>
          {(Object.keys(LANGUAGES) as Language[]).map((value) => <option key={value} value={value} lang={value}>{LANGUAGES[value]}</option>)}
        </select>
      </label>
      <hr />
      <Link to="/settings/profile" className={classes.menuItem} onClick={(event) => event.currentTarget.closest<HTMLElement>('[popover]')?.hidePopover()}>
        <IconUser size={18} stroke={1.7} aria-hidden />
        {t('settings.profile')}
      </Link>
      <button type="button" className={classes.menuItem} onClick={onShortcuts}>
        <IconKeyboard size={18} stroke={1.7} aria-hidden />
        {t('menu.shortcuts')}
      </button>
      <LogOut />
    </>
  );
}

function LogOut() {
  const { t } = useWords();
  const navigate = useNavigate();
  const leave = async () => {
    flushDeferred();
    await api.DELETE('/api/studio/session').catch(() => undefined);
    forget();
    await navigate({ to: '/login', search: {} });
  };
  return (
    <button type="button" className={classes.menuItem} onClick={() => void leave()}>
      <IconLogout size={18} stroke={1.7} aria-hidden />
      {t('menu.logout')}
    </button>
  );
}
