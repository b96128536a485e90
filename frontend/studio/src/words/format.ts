/** Formats of one reader: language of the words, time zone of the shop. */
export interface Formats {
  money(minor: number, currency: string): string;
  date(iso: string): string;
  dateTime(iso: string): string;
  /** A delivery day, or two, with their weekdays: Mon 23 Nov, Mon 23 – Tue 24 Nov. */
  days(from: string, until: string): string;
  ago(iso: string): string;
  number(value: number): string;
  /** A share of one: 0.934 → 93 %. */
  percent(share: number): string;
  /** A calendar day as the server writes it (2026-11-21), without a time zone. */
  day(iso: string): string;
  country(code: string): string;
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** Integer minor units become major ones by the currency's own exponent (ISO 4217), never by 100. */
function moneyFormat(locale: string, currency: string): (minor: number) => string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return (minor) => format.format(minor / 10 ** digits).replace('-', '−');
}

/** The shop's clock may run apart from the computer's (a rehearsal moves it); "ago" follows the shop's. */
let ahead = 0;

export function setShopClock(now: string): void {
  ahead = new Date(now).getTime() - Date.now();
}

export const shopNow = (): number => Date.now() + ahead;

export function formatsFor(locale: string, timeZone: string, now: () => number = shopNow): Formats {
  const money = new Map<string, (minor: number) => string>();
  const style = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { ...options, timeZone });
  const date = style({ day: 'numeric', month: 'short', year: 'numeric' });
  const dateTime = style({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  const day = style({ weekday: 'short', day: 'numeric', month: 'short' });
  const plainDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const regions = new Intl.DisplayNames([locale], { type: 'region', fallback: 'code' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  return {
    money(minor, currency) {
      let format = money.get(currency);
      if (!format) money.set(currency, (format = moneyFormat(locale, currency)));
      return format(minor);
    },
    date: (iso) => date.format(new Date(iso)),
    dateTime: (iso) => dateTime.format(new Date(iso)),
    days: (from, until) => day.formatRange(new Date(from), new Date(until)),
    ago(iso) {
      const seconds = (new Date(iso).getTime() - now()) / 1000;
      const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size);
      return unit ? relative.format(Math.round(seconds / unit[1]), unit[0]) : relative.format(0, 'minute');
    },
    number: (value) => value.toLocaleString(locale),
    percent: (share) => share.toLocaleString(locale, { style: 'percent', maximumFractionDigits: 0 }),
    day: (iso) => plainDay.format(new Date(`${iso}T00:00:00Z`)),
    country: (code) => (/^[A-Z]{2}$/.test(code) ? (regions.of(code) ?? code) : code),
  };
}
