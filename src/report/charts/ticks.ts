/** Numbers on logarithmic axes and powers of ten in text. */

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** `10⁻³` for −3. */
export function powerOfTen(exponent: number): string {
  const digits = String(Math.abs(exponent)).replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)]);
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

/** Tick label of a logarithmic axis: `0.03` near 1, `10⁻⁵` and `3·10⁻⁵` far from it. */
export function logTick(value: number): string {
  if (Math.abs(Math.round(Math.log10(value))) <= 2) return String(Number(value.toPrecision(3)));
  // Logarithms of powers of ten may be off by a rounding.
  const exponent = Math.floor(Math.log10(value) + 1e-9);
  const lead = Number((value / 10 ** exponent).toPrecision(3));
  return lead === 1 ? powerOfTen(exponent) : `${lead}·${powerOfTen(exponent)}`;
}

/** Powers of ten from the one at or below `low` to the one at or above `high`, thinned to about `most`. */
export function decades(low: number, high: number, most = 8): number[] {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.ceil(Math.log10(high) - 1e-9);
  const step = Math.max(1, Math.ceil((last - first) / most));
  const ticks: number[] = [];
  for (let e = last; e >= first; e -= step) ticks.unshift(10 ** e);
  return ticks;
}

/** 1, 2, 5 in each decade, or fewer where there are many. */
export function logTicks(low: number, high: number): number[] {
  const span = Math.log10(high / low);
  const leads = span > 3.5 ? [1] : span > 1.7 ? [1, 3] : [1, 2, 5];
  const ticks: number[] = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.log10(high); e++) {
    for (const lead of leads) {
      const tick = Number(`${lead}e${e}`);
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
}

/** `4096`, `1.5M`, `0.2`. */
export function formatPlain(value: number): string {
  if (value >= 1e5) return `${Number((value / 1e6).toPrecision(3))}M`;
  return String(Number(value.toPrecision(6)));
}

/** Round values between two, about `count` of them: multiples of 1, 2 or 5 times a power of ten. */
export function roundTicks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [];
  const rough = (high - low) / count;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = decade * ([1, 2, 5].find((lead) => lead * decade >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const ticks = Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
  // Twelve digits: 3 · 0.1 is 0.3.
  return ticks.map((tick) => Number(tick.toPrecision(12)));
}
