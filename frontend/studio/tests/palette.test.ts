import { describe, expect, it } from 'vitest';
import { contrast, shades } from '../src/theme/palette';

const BRANDS = ['#2f5d50', '#3451b2', '#ffcc00', '#ff0000', '#00ff00', '#ffffff', '#000000', '#e91e63', '#7f7f7f', '#c2410c'];

describe('shades', () => {
  it.each(BRANDS)('of %s carry white text on the filled shade and dark text on the soft one', (brand) => {
    const made = shades(brand);
    expect(made).toHaveLength(10);
    expect(made.every((shade) => /^#[0-9a-f]{6}$/.test(shade))).toBe(true);
    expect(contrast(made[6], '#ffffff')).toBeGreaterThanOrEqual(4.5);
    expect(contrast(made[7], made[1])).toBeGreaterThanOrEqual(4.5);
  });

  it('keeps a colour that is readable already', () => {
    expect(shades('#2f5d50')[6]).toBe('#2f5d50');
  });

  it('falls back where the shop gave no colour', () => {
    expect(shades('tomato')).toEqual(shades('#2f5d50'));
  });
});
