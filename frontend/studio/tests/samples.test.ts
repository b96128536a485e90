import { describe, expect, it } from 'vitest';
import { peek, rowsOf, samplesFrom } from '../src/rooms/imports/samples';

describe('samples of a file', () => {
  it('reads quotes, separators and line ends as spreadsheets write them', () => {
    expect(rowsOf('a;b\r\n"x; ""y""\nz";1\r\n')).toEqual([['a', 'b'], ['x; "y"\nz', '1']]);
    expect(rowsOf('a\tb\n1\t2')).toEqual([['a', 'b'], ['1', '2']]);
    expect(rowsOf('')).toEqual([]);
  });

  it('shows up to three different values of a column', () => {
    expect(samplesFrom('n,m\n1,\n1,\n2,\n3,\n4,x\n')).toEqual({ n: ['1', '2', '3'], m: ['x'] });
  });

  it('understands files that are not UTF-8', async () => {
    const latin = new File([new Uint8Array([0x6e, 0x0a, 0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72, 0x0a])], 'a.csv');
    expect(await peek(latin)).toEqual({ n: ['Müller'] });
    const wide = new File([new Uint8Array([0xff, 0xfe, 0x6e, 0, 0x0a, 0, 0xfc, 0, 0x0a, 0])], 'b.csv');
    expect(await peek(wide)).toEqual({ n: ['ü'] });
  });
});
