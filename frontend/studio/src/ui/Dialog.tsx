import { IconX } from '@tabler/icons-react';
import { useEffect, useId, useRef, type MouseEvent, type ReactNode } from 'react';
import { useWords } from '../words/Words';
import classes from './Dialog.module.css';

interface Props {
  title: string;
  /** A second, quieter line under the title. */
  subtitle?: string;
  /** The title is only said, not shown. */
  plain?: boolean;
  size?: 'small' | 'wide' | 'search' | 'drawer';
  onClose(): void;
  children: ReactNode;
}

/** The browser's own modal dialog: it traps the focus, closes with Escape and gives the focus back by itself. */
export function Dialog({ title, subtitle, plain, size = 'small', onClose, children }: Props) {
  const { t } = useWords();
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => dialog?.close();
  }, []);
  const onBackdrop = (event: MouseEvent) => {
    if (event.target === ref.current) onClose();
  };
  return (
    <dialog ref={ref} className={classes.dialog} data-size={size} aria-labelledby={id} onClose={onClose} onMouseDown={onBackdrop}>
      <div className={classes.inside}>
        {plain ? (
          <h2 id={id} className="visually-hidden">{title}</h2>
        ) : (
          <div className={classes.head}>
            <div className={classes.titles}>
              <h2 id={id} className={size === 'drawer' ? undefined : 'ellipsis'} tabIndex={-1} data-autofocus={size === 'drawer' || undefined}>{title}</h2>
              {subtitle && <p className="ellipsis muted">{subtitle}</p>}
            </div>
            <button type="button" className={classes.close} aria-label={t('close')} onClick={onClose}><IconX size={20} aria-hidden /></button>
          </div>
        )}
        {children}
      </div>
    </dialog>
  );
}
