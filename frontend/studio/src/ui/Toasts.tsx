import { IconAlertCircle, IconCircleCheck, IconX } from '@tabler/icons-react';
import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from 'react';
import { useWords } from '../words/Words';
import classes from './Toasts.module.css';

export interface Toast {
  text: string;
  tone?: 'good' | 'bad';
  /** Offers a button; the toast stays as long as the action can still be undone. */
  action?: { label: string; run(): void };
  duration?: number;
}

interface Shown extends Toast {
  id: number;
}

type Show = (toast: Toast) => () => void;
const Context = createContext<Show>(() => () => undefined);

/** Messages at the lower edge; the live region exists from the start, so that screen readers announce the first one too. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<Shown[]>([]);
  const count = useRef(0);
  const dismiss = useCallback((id: number) => setShown((all) => all.filter((toast) => toast.id !== id)), []);
  const show = useCallback<Show>(
    (toast) => {
      count.current += 1;
      const id = count.current;
      setShown((all) => [...all.slice(-2), { ...toast, id }]);
      setTimeout(() => dismiss(id), toast.duration ?? (toast.tone === 'bad' ? 9000 : 4500));
      return () => dismiss(id);
    },
    [dismiss],
  );
  return (
    <Context.Provider value={show}>
      {children}
      <div className={classes.region} role="status" aria-live="polite">
        {shown.map((toast) => (
          <ToastCard key={toast.id} toast={toast} onClose={() => dismiss(toast.id)} />
        ))}
      </div>
    </Context.Provider>
  );
}

function ToastCard({ toast, onClose }: { toast: Toast; onClose(): void }) {
  const { t } = useWords();
  const Icon = toast.tone === 'bad' ? IconAlertCircle : IconCircleCheck;
  const act = () => {
    toast.action?.run();
    onClose();
  };
  return (
    <div className={classes.toast} data-tone={toast.tone ?? 'good'}>
      <Icon size={20} aria-hidden />
      <span className={classes.text}>{toast.text}</span>
      {toast.action && (
        <button type="button" className={classes.action} onClick={act}>
          {toast.action.label}
        </button>
      )}
      <button type="button" className={classes.close} onClick={onClose} aria-label={t('close')}>
        <IconX size={16} aria-hidden />
      </button>
    </div>
  );
}

export function useToast(): Show {
  const show = useContext(Context);
  return useMemo(() => show, [show]);
}
