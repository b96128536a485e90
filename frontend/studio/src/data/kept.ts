import { useState } from 'react';

/** A value that survives leaving the page, in this tab: the long work that was begun here, say. */
export function useKept(key: string): [string | null, (value: string | null) => void] {
  const name = `comeback-kept-${key}`;
  const [value, setValue] = useState(() => {
    try {
      return sessionStorage.getItem(name);
    } catch {
      return null;
    }
  });
  const keep = (next: string | null) => {
    setValue(next);
    try {
      if (next === null) sessionStorage.removeItem(name);
      else sessionStorage.setItem(name, next);
    } catch {
      // storage can be full or forbidden; the page works without a memory
    }
  };
  return [value, keep];
}
