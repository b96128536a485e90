/** Ten shades of one brand colour, light to dark, made in OKLCH so that every hue keeps even steps. */
export type Shades = [string, string, string, string, string, string, string, string, string, string];

interface Lch {
  l: number;
  c: number;
  h: number;
}

const HEX = /^#[0-9a-f]{6}$/i;
export const FALLBACK_BRAND = '#2f5d50';
const MIN_CONTRAST = 4.6;

const toLinear = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const toGamma = (v: number): number => (v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055);

function linearRgb(hex: string): [number, number, number] {
  const n = Number.parseInt(hex.slice(1), 16);
  return [toLinear((n >> 16) / 255), toLinear(((n >> 8) & 255) / 255), toLinear((n & 255) / 255)];
}

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r, g, b] = linearRgb(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

function toLch(hex: string): Lch {
  const [r, g, b] = linearRgb(hex);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const A = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const B = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return { l: 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, c: Math.hypot(A, B), h: Math.atan2(B, A) };
}

function channels({ l, c, h }: Lch): [number, number, number] {
  const [A, B] = [c * Math.cos(h), c * Math.sin(h)];
  const L = (l + 0.3963377774 * A + 0.2158037573 * B) ** 3;
  const M = (l - 0.1055613458 * A - 0.0638541728 * B) ** 3;
  const S = (l - 0.0894841775 * A - 1.291485548 * B) ** 3;
  return [
    4.0767416621 * L - 3.3077115913 * M + 0.2309699292 * S,
    -1.2684380046 * L + 2.6097574011 * M - 0.3413193965 * S,
    -0.0041960863 * L - 0.7034186147 * M + 1.707614701 * S,
  ];
}

/** Outside the screen's gamut the chroma gives way, never the lightness: contrast is what must hold. */
function toHex(colour: Lch): string {
  let { c } = colour;
  let rgb = channels({ ...colour, c });
  while (c > 0.001 && rgb.some((v) => v < -0.0005 || v > 1.0005)) {
    c *= 0.95;
    rgb = channels({ ...colour, c });
  }
  const byte = (v: number) => Math.round(Math.min(1, Math.max(0, toGamma(Math.max(0, v)))) * 255);
  return `#${rgb.map((v) => byte(v).toString(16).padStart(2, '0')).join('')}`;
}

/** The brand colour itself, darkened only as far as white text on it needs. */
function readable(brand: string): Lch {
  const colour = toLch(brand);
  while (colour.l > 0.2 && contrast(toHex(colour), '#ffffff') < MIN_CONTRAST) colour.l -= 0.01;
  return colour;
}

export function shades(brand: string): Shades {
  const base = readable(HEX.test(brand) ? brand : FALLBACK_BRAND);
  const lighter = [0.975, 0.945, 0.895, 0.825, 0.745, 0.66].map((l, i) =>
    toHex({ l: Math.max(l, base.l + 0.02), c: base.c * [0.14, 0.28, 0.48, 0.7, 0.9, 1][i]!, h: base.h }),
  );
  const darker = [0, 0.05, 0.1, 0.15].map((step) => toHex({ ...base, l: Math.max(0.14, base.l - step) }));
  return [...lighter, ...darker] as Shades;
}
