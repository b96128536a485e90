import { Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { api, type Schemas } from '@comeback/api';
import { IconCheck, IconDeviceDesktop, IconKeyboard, IconLogout, IconMoon, IconSelector, IconSun, type Icon } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { cache } from '../data/cache';
import { flushDeferred } from '../data/deferred';
import { LANGUAGES, useWords, type Language } from '../words/Words';
import type { Key } from '../words/messages';
import classes from './Shell.module.css';

const SCHEMES: [MantineColorScheme, Key, Icon][] = [
  ['light', 'menu.light', IconSun],
  ['dark', 'menu.dark', IconMoon],
  ['auto', 'menu.auto', IconDeviceDesktop],
];

interface Props {
  session: Schemas['SessionOut'] | undefined;
  onShortcuts(): void;
  compact?: boolean;
}

const initials = (name: string): string =>
  name.split(/\s+/).map((part) => part.charAt(0)).slice(0, 2).join('').toUpperCase();

export function Account({ session, onShortcuts, compact }: Props) {
  const { t, word } = useWords();
  const staff = session?.staff;
  return (
    <Menu position={compact ? 'bottom-end' : 'top-start'} width={240} shadow="md" radius="lg">
      <Menu.Target>
        <button type="button" className={compact ? classes.iconButton : classes.account} aria-label={t('menu.label')}>
          <span className={classes.avatar} aria-hidden>{initials(staff?.name ?? '')}</span>
          {!compact && (
            <>
              <span className={classes.person}>
                <span className="ellipsis">{staff?.name}</span>
                <span className="ellipsis muted">{staff && word('role', staff.role)}</span>
              </span>
              <IconSelector size={16} aria-hidden />
            </>
          )}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Choices />
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={16} />} onClick={onShortcuts}>{t('menu.shortcuts')}</Menu.Item>
        <LogOut />
      </Menu.Dropdown>
    </Menu>
  );
}

function Choices() {
  const { t, language, setLanguage } = useWords();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const tick = (on: boolean) => (on ? <IconCheck size={16} aria-hidden /> : null);
  return (
    <>
      <Menu.Label>{t('menu.scheme')}</Menu.Label>
      {SCHEMES.map(([scheme, label, SchemeIcon]) => (
        <Menu.Item
          key={scheme}
          role="menuitemradio"
          aria-checked={scheme === colorScheme}
          leftSection={<SchemeIcon size={16} aria-hidden />}
          rightSection={tick(scheme === colorScheme)}
          onClick={() => setColorScheme(scheme)}
        >
          {t(label)}
        </Menu.Item>
      ))}
      <Menu.Label>{t('menu.language')}</Menu.Label>
      {(Object.keys(LANGUAGES) as Language[]).map((key) => (
        <Menu.Item
          key={key}
          role="menuitemradio"
          aria-checked={key === language}
          lang={key}
          rightSection={tick(key === language)}
          onClick={() => setLanguage(key)}
        >
          {LANGUAGES[key]}
        </Menu.Item>
      ))}
    </>
  );
}

function LogOut() {
  const { t } = useWords();
  const navigate = useNavigate();
  const leave = async () => {
    flushDeferred();
    await api.DELETE('/api/studio/session').catch(() => undefined);
    cache.clear();
    await navigate({ to: '/login', search: {} });
  };
  return (
    <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void leave()}>
      {t('menu.logout')}
    </Menu.Item>
  );
}
