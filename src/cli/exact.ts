/** `batterywalk exact`: the exact, corrected and Brownian laws of the deficit; no simulation. `--at` adds values of the CDF. */

import { resolveScenario } from '../fleet/resolve.js';
import { drift, volatility } from '../fleet/walk-law.js';
import { QUANTILES, exactDocument, horizonRows, lawDocument } from '../report/documents.js';
import { chargedTheory, walkTheory } from '../study/theory.js';
import { missingText } from '../report/run-text.js';
import type { HorizonTheory } from '../study/theory.js';
import { formatKnown } from '../report/estimate.js';
import { notesText, slotsNote } from '../report/notes.js';
import { formatQuantity, formatTable, scaleFor } from '../report/table.js';
import type { Scenario } from '../scenario/scenario.js';
import type { CommandSpec } from './context.js';
import { exactSite } from './site.js';
import { parseNumbers, parseMeasure } from '../scenario/values.js';

const notNegative = (option: string, value: string): number =>
  parseMeasure(option, value, 'energy', { expected: 'a deficit in joules, at least 0', holds: (x) => x >= 0 });

export const exact: CommandSpec = {
  name: 'exact',
  describe: 'the exact, corrected and Brownian laws; no simulation',
  scenario: 'reference',
  applies: ['slots', 'horizons', 'json', 'csv', 'out'],
  examples: ['exact', 'exact surplus --slots 1d --at 5MJ,2kWh', 'exact mine.json --horizons 1h,1d,7d --csv'],
  configure(command) {
    command.option('--at <D1,D2,…>', 'deficits, such as 5MJ or in joules, at which to give P(D ≤ d) as well');
  },
  run(context) {
    const at = context.text('at');
    const points = at === undefined ? [] : parseNumbers('--at', at, notNegative);
    const scenario = context.scenario();
    if (resolveScenario(scenario).runsAsSite) return exactSite(context, scenario, at === undefined ? undefined : points);
    context.stage('exact laws');
    const walk = resolveScenario(scenario).walk;
    const { constants, horizons: empty } = walkTheory(walk, context.options.horizons);
    const horizons = empty.map((horizon) => chargedTheory(horizon, scenario.battery.initialJoules));
    const document = {
      schemaVersion: 1,
      scenario,
      law: { driftJoulesPerSlot: drift(walk), volatilityJoules: volatility(walk) },
      constants,
      horizons: horizons.map((horizon) => horizonDocument(horizon, points, at !== undefined)),
    };
    context.save('exact.json', `${JSON.stringify(document, null, 2)}\n`);
    context.show(document, horizonRows(document), () => text(scenario, horizons, points));
    // Moments are an answer; values of a CDF that is missing, asked for with --at, are none.
    const unanswered = horizons.some(
      ({ exact: law }) => law.missing?.what === 'law' || (law.missing && at !== undefined),
    );
    return unanswered ? 3 : 0;
  },
};

function horizonDocument({ slots, ...rungs }: HorizonTheory, points: readonly number[], wantsCdf: boolean) {
  const withCdf = (law: HorizonTheory['corrected']) => ({
    ...lawDocument(law),
    ...(wantsCdf ? { cdf: Object.fromEntries(points.map((d) => [String(d), law.cdf(d)])) } : {}),
  });
  return {
    slots,
    exact: {
      ...exactDocument(rungs.exact),
      ...(wantsCdf ? exactCdf(rungs.exact, points) : {}),
    },
    corrected: withCdf(rungs.corrected),
    brownian: withCdf(rungs.brownian),
  };
}

/** P(D ≤ d) with its own error at every point; NaN, null in JSON, where the distribution is missing. */
function exactCdf(law: HorizonTheory['exact'], points: readonly number[]) {
  const valueAt = (d: number): number => (law.missing === undefined ? law.cdf(d) : NaN);
  const errorAt = (d: number): number => law.cdfErrorAt?.(d) ?? law.error.cdf;
  return {
    cdf: Object.fromEntries(points.map((d) => [String(d), valueAt(d)])),
    cdfError: Object.fromEntries(points.map((d) => [String(d), errorAt(d)])),
  };
}

function text({ name, slotSeconds }: Scenario, horizons: readonly HorizonTheory[], points: readonly number[]): string {
  const { unit, factor } = scaleFor(
    horizons.map((h) => (Number.isNaN(h.exact.mean) ? h.corrected.mean : h.exact.mean)),
    'J',
  );
  const rows = horizons.flatMap(({ slots, exact: exactly, corrected, brownian }) =>
    [exactly, corrected, brownian].map((law, i) => {
      const error = law === exactly ? exactly.error : undefined;
      const isMissing = law === exactly && exactly.missing !== undefined;
      const quantile = (p: number): string => {
        const value = law.quantile(p);
        return formatKnown(value, (error?.quantile ?? 0) * value, factor);
      };
      return [
        i === 0 ? String(slots) : '',
        law.rung,
        formatKnown(law.mean, error?.mean ?? 0, factor),
        formatKnown(law.standardDeviation, error?.standardDeviation ?? 0, factor),
        formatKnown(law.probabilityZero, error?.probabilityZero ?? 0, 1, 6),
        ...QUANTILES.map(quantile),
        ...points.map((d) =>
          formatKnown(isMissing ? NaN : law.cdf(d), error === undefined ? 0 : (exactly.cdfErrorAt?.(d) ?? error.cdf)),
        ),
      ];
    }),
  );
  const columns = [
    { header: 'slots' },
    { header: 'law', align: 'left' as const, isKey: true },
    { header: `E[D] ${unit}` },
    { header: `SD ${unit}` },
    { header: 'P(D = 0)' },
    ...QUANTILES.map((p) => ({ header: `q${p}` })),
    ...points.map((d) => ({ header: `P(D ≤ ${formatQuantity(d, 'J')})` })),
  ];
  const note = notesText(
    slotsNote(slotSeconds),
    'exact: of the discrete walk; corrected, brownian: its diffusions; SD: standard deviation; ' +
      `q0.9: nine in ten need no more, ${unit}; ` +
      'an exact number ends where its own error begins',
  );
  return `${name}\n\n${formatTable(columns, rows, note)}${horizons.flatMap(missingText).join('')}`;
}
