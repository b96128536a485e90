import { describe, expect, it } from 'vitest';
import { formatsFor } from '../src/words/format';
import { english, fill, humanise, type Message } from '../src/words/messages';
import { german } from '../src/words/de';
import { preferredLanguage } from '../src/words/Words';

const forms = (message: Message): string[] => (typeof message === 'string' ? [message] : Object.values(message));
const names = (message: Message): string[] => [...new Set(forms(message).flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();

describe('catalogues', () => {
  it.each(Object.keys(english) as (keyof typeof english)[])('%s says the same in German', (key) => {
    expect(names(german[key])).toEqual(names(english[key]));
    expect(forms(german[key]).every((text) => text.trim().length > 0)).toBe(true);
  });

  it('have a form for every plural rule of their language', () => {
    for (const [locale, words] of [['en', english], ['de', german]] as const) {
      const rules = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
      for (const message of Object.values<Message>(words)) {
        if (typeof message !== 'string') expect(Object.keys(message).sort()).toEqual([...rules].sort());
      }
    }
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
    expect(preferredLanguage('xx', ['it-IT', 'de-AT'])).toBe('de');
    expect(preferredLanguage(null, ['it'])).toBe('en');
  });
});
