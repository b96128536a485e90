import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { formatsFor, type Formats } from './format';
import { LANGUAGES, localeOf, type Language } from './languages';
import { fill, humanise, type Catalogue, type Key, type Params } from './messages';

export { LANGUAGES, type Language } from './languages';

const STORAGE = 'comeback-language';

const SHELL = import.meta.glob<Catalogue>(['../../words/*.po', '!../../words/en.po'], { import: 'default', query: '?shell' });
const TRANSLATED = import.meta.glob<Catalogue>(['../../words/*.po', '!../../words/en.po'], { import: 'default' });

/** The words of the first drawing; those of the rooms arrive beside the rooms themselves. */
export async function shellWords(language: Language): Promise<Catalogue> {
  const translated = SHELL[`../../words/${language}.po`];
  return language !== 'en' && translated ? translated() : ((await import('./en/common')).common as unknown as Catalogue);
}

/** Each language is a file of its own, complete by itself: a reader loads the words of one language. */
export async function loadWords(language: Language): Promise<Catalogue> {
  const translated = TRANSLATED[`../../words/${language}.po`];
  return language !== 'en' && translated ? translated() : (await import('./en')).english;
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
    const { language } = start;
    void loadWords(language).then((catalogue) => setCurrent((now) => (now.language === language ? { language, catalogue } : now)));
  }, [start]);
  useEffect(() => {
    document.documentElement.lang = current.language;
  }, [current.language]);
  const words = useMemo<Words>(() => {
    const { language, catalogue } = current;
    const locale = localeOf(language);
    return {
      ...formatsFor(locale, timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone),
      language,
      // Empty for the moment in which a room is faster than its words.
      t: (key, params) => fill(catalogue[key] ?? '', locale, params),
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
