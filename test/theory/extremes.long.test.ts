/**
 * Laws at the ends of what scenarios may ask for: each is there with errors that hold, or names what is missing.
 * `npm run extremes` writes docs/extremes.md (EXTREMES_FILE) with the time of each.
 */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { extremeLaws, tableOfExtremes } from './extremes.js';

const FILE = process.env.EXTREMES_FILE;
const HORIZONS = FILE === undefined ? [16, 1024] : [1, 16, 256, 1024, 100_000];

/** Of a quantile, relative: some last digits of a number. */
const CROSSING = 1e-12;

test('every law is there with its errors, or names what is missing', () => {
  const results = extremeLaws(HORIZONS, (text) => {
    process.stderr.write(`${text}\n`);
  });
  const table = tableOfExtremes(results);
  process.stderr.write(`${table}\n`);
  if (FILE !== undefined) writeFileSync(FILE, page(table));
  for (const { name, slots, law } of results) {
    const where = `${name}, ${slots} slots`;
    const { mean, standardDeviation, probabilityZero, error, missing } = law;
    for (const [value, off] of [
      [mean, error.mean],
      [standardDeviation, error.standardDeviation],
    ]) {
      expect(off / value, where).toBeLessThan(1e-6);
    }
    expect(probabilityZero, where).toBeGreaterThanOrEqual(0);
    expect(probabilityZero, where).toBeLessThanOrEqual(1);
    if (missing !== undefined) {
      expect(missing.reason, where).toMatch(/hold/);
      continue;
    }
    // Read from the transform of the law, which the moments have no part in.
    const near = 1e-3 * law.quantile(0.9);
    const fromLaw = law.meanExcess(near) + near * 0.5 * (law.survival(0) + law.survival(near));
    expect(Math.abs(fromLaw - mean) / mean, where).toBeLessThan(2e-3);
    for (const p of [0.5, 0.9, 0.99]) {
      if (p <= probabilityZero) continue;
      // Beside a sum of energies a law of small shape rises by a share of it within the last digits of a number.
      const q = law.quantile(p);
      const [below, above] = [q * (1 - CROSSING), q * (1 + CROSSING)];
      expect(law.cdf(below), `${where}, below quantile ${p}`).toBeLessThan(p + 1e-6 + error.cdf);
      expect(law.cdf(above), `${where}, above quantile ${p}`).toBeGreaterThan(p - 1e-6 - error.cdf);
    }
  }
});

function page(table: string): string {
  return `# Laws at the ends

\`npm run extremes\` makes this page: the exact law of walks at the ends of what a scenario may ask for, with the errors
that it claims and the seconds of one core that it took. Errors of quantiles are relative. Where the distribution is
missing, mean, standard deviation and P(D = 0) are there all the same: the law would take more sums than it may cost.

\`\`\`text
${table}
\`\`\`
`;
}
