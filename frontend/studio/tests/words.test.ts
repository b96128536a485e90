import { describe, expect, it } from 'vitest';
import { categories, parse } from '../scripts/po.mjs';
import { english } from '../src/words/en';
import { formatsFor } from '../src/words/format';
import { LANGUAGES, localeOf, type Language } from '../src/words/languages';
import { fill, humanise, type Key } from '../src/words/messages';
import { loadWords, preferredLanguage, shellWords } from '../src/words/Words';

const CODES = Object.keys(LANGUAGES) as Language[];

describe('catalogues', () => {
  it('are one a language', () => {
    const files = Object.keys(import.meta.glob('../words/*.po')).map((path) => path.slice(-5, -3));
    expect(files.sort()).toEqual([...CODES].sort());
  });

  it.each(CODES)('%s has every word, and a form for every number', async (code) => {
    const words = await loadWords(code);
    const rules = new Intl.PluralRules(localeOf(code)).resolvedOptions().pluralCategories.filter((name) => name !== 'many');
    for (const key of Object.keys(english) as Key[]) {
      const message = words[key];
      expect(message, key).toBeTruthy();
      if (typeof message !== 'string') expect(Object.keys(message), key).toEqual(expect.arrayContaining(code === 'en' ? ['one', 'other'] : rules));
    }
  });

  it.each(CODES)('%s draws the shell with its own words', async (code) => {
    const [shell, all] = [await shellWords(code), await loadWords(code)];
    expect(shell['nav.orders']).toBe(all['nav.orders']);
    expect(Object.keys(shell).length).toBeLessThan(Object.keys(all).length / 3);
  });

  it('never call an English word by its key', async () => {
    for (const code of CODES) expect((await loadWords(code)).appName).toBe(code === 'ru' ? 'Студия' : 'Studio');
  });
});

const NUMBERS = [0, 1, 2, 5, 12, 21, 22, 25, 101, 112, 1.5];
const RULES: Record<string, [rule: string, forms: Record<string, string>, expected: string]> = {
  pl: [
    'nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);',
    { one: 'paczka', few: 'paczki', many: 'paczek' },
    'paczek paczka paczki paczek paczek paczek paczki paczek paczek paczek paczki',
  ],
  ru: [
    'nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);',
    { one: 'посылка', few: 'посылки', many: 'посылок' },
    'посылок посылка посылки посылок посылок посылка посылки посылок посылка посылок посылки',
  ],
  ro: [
    'nplurals=3; plural=(n==1 ? 0 : n==0 || (n%100>0 && n%100<20) ? 1 : 2);',
    { one: 'colet', few: 'colete', other: 'de colete' },
    'colete colet colete colete colete de colete de colete de colete colete colete colete',
  ],
  fr: ['nplurals=2; plural=(n > 1);', { one: 'colis', other: 'colis·s' }, 'colis colis colis·s colis·s colis·s colis·s colis·s colis·s colis·s colis·s colis'],
};

describe('plural rules', () => {
  it.each(Object.entries(RULES))('%s counts as its people do', (language, [rule, forms, expected]) => {
    const catalogue = parse(`msgid ""\nmsgstr ""\n"Plural-Forms: ${rule}\\n"\n`);
    const names = categories(language, catalogue.plural);
    const ordered = Object.values(forms);
    const message = Object.fromEntries(Object.entries(names).map(([name, index]) => [name, ordered[index as number] as string]));
    const said = NUMBERS.map((count) => fill({ other: '', ...message }, language, { count }));
    expect(said.join(' ')).toBe(expected);
  });

  it('refuses a header that disagrees with CLDR', () => {
    const wrong = parse('msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n');
    expect(() => categories('ru', wrong.plural)).toThrow(/disagrees/);
  });
});

describe('fill', () => {
  it('chooses the form by the count and writes numbers as people do', () => {
    const message = { one: '{count} item', other: '{count} items' };
    expect(fill(message, 'en', { count: 1 })).toBe('1 item');
    expect(fill(message, 'en', { count: 1200 })).toBe('1,200 items');
    expect(fill(message, 'de', { count: 1200 })).toBe('1.200 items');
  });

  it('leaves unknown names visible rather than empty', () => {
    expect(fill('{a} {b}', 'en', { a: 'x' })).toBe('x {b}');
  });

  it('makes unknown words readable', () => {
    expect(humanise('carrier_lost')).toBe('Carrier lost');
  });
});

describe('formats', () => {
  const now = () => Date.parse('2026-11-21T12:00:00Z');
  const en = formatsFor('en-GB', 'Europe/Berlin', now);
  const de = formatsFor('de', 'Europe/Berlin', now);

  it('divide minor units by the exponent of the currency', () => {
    expect(en.money(8660, 'EUR')).toBe('€86.60');
    expect(en.money(1450, 'JPY')).toBe('JP¥1,450');
    expect(en.money(3334, 'KWD').replace(/\s/, ' ')).toBe('KWD 3.334');
    expect(de.money(-129900, 'EUR').replace(/\s/, ' ')).toBe('−1.299,00 €');
  });

  it('tell times in the zone of the shop', () => {
    expect(en.dateTime('2026-11-21T23:30:00Z')).toBe('22 Nov, 00:30');
    expect(en.days('2026-11-23T10:00:00Z', '2026-11-23T16:00:00Z')).toMatch(/^Mon,? 23 Nov$/);
    expect(en.days('2026-11-23T10:00:00Z', '2026-11-24T16:00:00Z')).toMatch(/23.*24 Nov/);
  });

  it('say how long ago', () => {
    expect(en.ago('2026-11-21T09:00:00Z')).toMatch(/^3 h/);
    expect(en.ago('2026-11-20T11:00:00Z')).toBe('yesterday');
    expect(de.ago('2026-11-19T11:00:00Z')).toBe('vorgestern');
  });
});

describe('preferredLanguage', () => {
  it('takes the stored one, then the browser, then English', () => {
    expect(preferredLanguage('de', ['en'])).toBe('de');
    expect(preferredLanguage('xx', ['nl-NL', 'it-IT', 'de-AT'])).toBe('it');
    expect(preferredLanguage(null, ['nl'])).toBe('en');
  });
});
