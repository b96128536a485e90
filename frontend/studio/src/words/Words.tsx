import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { formatsFor, type Formats } from './format';
import { english, fill, humanise, type Catalogue, type Key, type Params } from './messages';

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

const STORAGE = 'comeback-language';

/** English is part of the first load; every other language is its own file, fetched when it is chosen. */
export async function loadWords(language: Language): Promise<Catalogue> {
  return language === 'de' ? (await import('./de')).german : english;
}

export function preferredLanguage(stored: string | null, browser: readonly string[]): Language {
  if (stored && stored in LANGUAGES) return stored as Language;
  const match = browser.map((tag) => tag.slice(0, 2)).find((tag) => tag in LANGUAGES);
  return (match as Language | undefined) ?? 'en';
}

export function startLanguage(): Language {
  return preferredLanguage(localStorage.getItem(STORAGE), navigator.languages);
}

export interface Words extends Formats {
  language: Language;
  t(key: Key, params?: Params): string;
  /** A word for a value of the server: `word('status', 'settled')`; unknown values are shown readable, never as a key. */
  word(prefix: string, value: string): string;
  setLanguage(language: Language): void;
  setTimeZone(timeZone: string): void;
}

const Context = createContext<Words | null>(null);

interface Props {
  start: { language: Language; catalogue: Catalogue };
  children: ReactNode;
}

export function WordsProvider({ start, children }: Props) {
  const [current, setCurrent] = useState(start);
  const [timeZone, setTimeZone] = useState<string>();
  const setLanguage = useCallback((language: Language) => {
    localStorage.setItem(STORAGE, language);
    void loadWords(language).then((catalogue) => setCurrent({ language, catalogue }));
  }, []);
  useEffect(() => {
    document.documentElement.lang = current.language;
  }, [current.language]);
  const words = useMemo<Words>(() => {
    const { language, catalogue } = current;
    const locale = language === 'en' ? 'en-GB' : language;
    return {
      ...formatsFor(locale, timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone),
      language,
      t: (key, params) => fill(catalogue[key], locale, params),
      word(prefix, value) {
        const message = (catalogue as Record<string, Catalogue[Key]>)[`${prefix}.${value}`];
        return message === undefined ? humanise(value) : fill(message, locale);
      },
      setLanguage,
      setTimeZone,
    };
  }, [current, timeZone, setLanguage]);
  return <Context.Provider value={words}>{children}</Context.Provider>;
}

export function useWords(): Words {
  const words = useContext(Context);
  if (!words) throw new Error('useWords needs a WordsProvider');
  return words;
}
