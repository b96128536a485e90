/** The languages of the studio and what each calls itself: the same list as comeback/kit/languages.py (a test compares). */
export const LANGUAGES = {
  en: 'English',
  it: 'Italiano',
  es: 'Español',
  pl: 'Polski',
  ro: 'Română',
  ru: 'Русский',
  de: 'Deutsch',
  fr: 'Français',
} as const;
export type Language = keyof typeof LANGUAGES;

/** CLDR locale that numbers, days and money are written by; plain English readers of European shops expect day first. */
export const localeOf = (language: Language): string => (language === 'en' ? 'en-GB' : language);
