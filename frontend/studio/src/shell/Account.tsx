import type { Schemas } from '@comeback/api';
import { IconSelector } from '@tabler/icons-react';
import { useId, useRef } from 'react';
import { useWords } from '../words/Words';
import { AccountMenu } from './AccountMenu';
import classes from './Shell.module.css';

interface Props {
  session: Schemas['SessionOut'] | undefined;
  onShortcuts(): void;
  compact?: boolean;
}

const initials = (name: string): string =>
  name.split(/\s+/).map((part) => part.charAt(0)).slice(0, 2).join('').toUpperCase();

/** Who is signed in. The panel is the browser's own popover: Escape and a press beside it close it. */
export function Account({ session, onShortcuts, compact }: Props) {
  const { t, word } = useWords();
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  const staff = session?.staff;
  const shortcuts = () => {
    panel.current?.hidePopover();
    onShortcuts();
  };
  return (
    <>
      <button type="button" className={compact ? classes.iconButton : classes.account} popoverTarget={id}>
        <span className={classes.avatar} data-initials={initials(staff?.name ?? '')} />
        <span className={compact ? 'visually-hidden' : classes.person}>
          <span className="ellipsis">{staff?.name}</span>{' '}
          <span className="ellipsis muted">{staff && word('role', staff.role)}</span>
        </span>
        <span className="visually-hidden">{t('menu.label')}</span>
        {!compact && <IconSelector size={16} aria-hidden />}
      </button>
      <div ref={panel} id={id} popover="auto" className={classes.menu} data-compact={compact}>
        <AccountMenu onShortcuts={shortcuts} />
      </div>
    </>
  );
}
