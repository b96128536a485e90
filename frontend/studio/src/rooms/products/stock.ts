const LOW = 5;

/** How it stands with what can still be sold; what is promised to somebody cannot. */
export function stockWord({ sellable, reserved, scarcest }: { sellable: number; reserved: number; scarcest?: number | null }): 'in' | 'some' | 'low' | 'out' {
  const free = sellable - reserved;
  if (free <= LOW) return free <= 0 ? 'out' : 'low';
  return (scarcest ?? free) <= LOW ? 'some' : 'in';
}

/** Units that came back of those sold, as a percentage. */
export function rate(returned: number, sold: number): string {
  if (sold === 0) return '–';
  const percent = (returned / sold) * 100;
  return `${percent > 0 && percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}
