/** Labels of logarithmic axes read as the numbers that they stand at. */
import { expect, it } from 'vitest';
import { logTick, logTicks } from '../../src/report/charts/ticks.js';

/** `3·10⁻⁵`, `10⁵`, `0.02`. */
function read(label: string): number {
  const power = /^(?:(.+)·)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/.exec(label);
  if (power === null) return Number(label);
  const digits = power[2].replace('⁻', '-').replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (c) => String('⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(c)));
  return Number(`${power.at(1) ?? 1}e${digits}`);
}

it('is one at every tick, and no two ticks have one label', () => {
  for (let decade = -12; decade <= 12; decade++) {
    // Less than two decades: then ticks stand at 1, 2 and 5.
    const ticks = logTicks(10 ** decade, 30 * 10 ** decade);
    expect(ticks.length).toBeGreaterThan(3);
    expect(ticks.map((tick) => read(logTick(tick)))).toEqual(ticks);
  }
  // Of thousands, where a figure has ticks at three times a power of ten.
  expect([1000, 3000, 3e-4, 0.03, 300].map(logTick)).toEqual(['10³', '3·10³', '3·10⁻⁴', '0.03', '300']);
});
