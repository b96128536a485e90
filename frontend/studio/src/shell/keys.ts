import { useEffect, useRef } from 'react';

/** Typing must never trigger a shortcut, and an open dialog owns the keyboard. */
export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || (/^(textarea|select)$/i.test(target.tagName) || (target instanceof HTMLInputElement && target.type !== 'radio')) || target.closest('dialog') !== null;
}

export type KeyMap = Partial<Record<string, () => void>>;

/** Single-letter shortcuts of the page on screen. */
export function useKeys(map: KeyMap): void {
  const current = useRef(map);
  current.current = map;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
      const run = current.current[event.key];
      if (!run || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      run();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

/** Ctrl K, ⌘ K. */
export function useSearchKey(run: () => void): void {
  const current = useRef(run);
  current.current = run;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        current.current();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

const PATIENCE = 1200;

/** G, then a letter: to a room. */
export function useGo(map: KeyMap): void {
  const current = useRef(map);
  current.current = map;
  useEffect(() => {
    let since = -PATIENCE;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector('dialog[open]')) return;
      const run = event.timeStamp - since < PATIENCE ? current.current[event.key] : undefined;
      since = event.key === 'g' ? event.timeStamp : -PATIENCE;
      if (!run) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      run();
    };
    // Before the page's own letters: after G, an R is a room and no return to check in.
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, []);
}
