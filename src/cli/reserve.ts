/** `batterywalk reserve`: the charge that covers the deficit but for a given risk, from one run and from the exact law side by side. */
import { StoppedError } from '../errors.js';
import { largestOf } from '../numeric/extremes.js';
import { QUANTILES } from '../report/documents.js';
import type { FinishedRun } from '../report/documents.js';
import { headingText, speedText, missingText } from '../report/run-text.js';
import { walkTheory } from '../study/theory.js';
import { formatEstimate, formatLike, formatRange } from '../report/estimate.js';
import { notesText, slotsNote } from '../report/notes.js';
import { formatCount, formatTable, scaleFor } from '../report/table.js';
import { partialsSha256 } from '../engine/partials-codec.js';
import { exactReserves } from '../stats/reserve-law.js';
import type { ExactReserve } from '../stats/reserve-law.js';
import { checkTrialsForRisk, reserveCurve, reserveFromPartials, trialsForRisk } from '../stats/reserve.js';
import type { EstimatedReserve } from '../stats/reserve.js';
import { VERSION } from '../version.js';
import type { CommandContext, CommandSpec } from './context.js';
import { WALKING } from './options.js';
import { mostTrials, prepare, run, takesUntil } from './simulating.js';
import { parseNumbers, parseMeasure } from '../scenario/values.js';

const DEFAULT_RISKS = '0.1,0.03,0.01,3e-3,1e-3';

const risk = (option: string, value: string): number =>
  parseMeasure(option, value, 'share', {
    expected: 'a probability between 0 and 1, such as 1e-3 or 0.1%',
    holds: (x) => x > 0 && x < 1,
  });

export const reserve: CommandSpec = {
  name: 'reserve',
  describe: 'the charge that covers the deficit: --risk 1e-3',
  scenario: 'reference',
  applies: [...WALKING, 'json', 'csv', 'out'],
  examples: [
    'reserve --risk 0.1%',
    'reserve surplus --slots 7d --risk 1%,0.1% --trials 1e5',
    'reserve mine.json --csv',
  ],
  configure(command) {
    takesUntil(command);
    command.option('--risk <R1,R2,…>', `risks P(D > b) to cover, such as 0.1% (default: ${DEFAULT_RISKS})`);
  },
  async run(context) {
    const asked = parseNumbers('--risk', context.text('risk') ?? DEFAULT_RISKS, risk);
    const given = context.scenario();
    // Reserves are counted from an empty battery: b is all the charge that is needed.
    const scenario = { ...given, battery: { ...given.battery, initialJoules: 0 } };
    if (given.battery.initialJoules > 0) {
      context.remark(
        `battery.initialJoules ${given.battery.initialJoules} is set aside: reserves are counted from an empty battery`,
      );
    }
    for (const each of asked) checkTrialsForRisk('--risk', each, mostTrials(context));
    const prepared = prepare(context, scenario);
    const least = largestOf(asked.map(trialsForRisk));
    const simulation = await run(context, prepared, undefined, least);
    const { partials, law } = simulation;
    const last = partials.horizons[partials.horizons.length - 1];
    const risks = resolvedRisks(context, asked, last.count);
    const simulated = reserveFromPartials(last, law.quantumJoules, risks);
    context.offer(`stopped before the exact law was known: ${last.count} paths were finished and are reported`, () => ({
      document: { schemaVersion: 1, scenario, seed: simulation.seed, slots: last.slots, reserves: simulated },
      text: text(simulation, simulated, simulated.map(unknownReserve), 'exact'),
    }));
    context.stage('exact law');
    const [theory] = walkTheory(simulation.walk, [last.slots]).horizons;
    const exactly = exactReserves(
      theory.exact,
      risks,
      simulated.map((own) => own.charge),
    );
    // Energy burned over the service has no exact law; lumped it has, and Lemma 1 makes that an upper bound on every path.
    const bounded = scenario.accounting === 'distributed';
    const document = {
      schemaVersion: 1,
      scenario,
      seed: simulation.seed,
      engine: { version: VERSION, backend: simulation.backend, adapter: simulation.adapter },
      slots: last.slots,
      trials: last.count,
      reserves: simulated.map((own, i) => ({
        risk: own.risk,
        simulated: own,
        exact: bounded || theory.exact.missing ? null : exactly[i],
        ...(bounded ? { lumpedBound: exactly[i] } : {}),
      })),
      ...(theory.exact.missing === undefined ? {} : { missing: theory.exact.missing }),
      curve: reserveCurve(last, law.quantumJoules),
      [bounded ? 'lumpedQuantiles' : 'exactQuantiles']: Object.fromEntries(
        QUANTILES.map((p) => [String(p), theory.exact.quantile(p)]),
      ),
      partialsSha256: partialsSha256(partials),
      elapsedSeconds: simulation.elapsedSeconds,
    };
    context.save('reserve.json', `${JSON.stringify(document, null, 2)}\n`);
    const rows = document.reserves.map((row) => ({ slots: last.slots, slotSeconds: scenario.slotSeconds, ...row }));
    context.show(
      document,
      rows,
      () => text(simulation, simulated, exactly, bounded ? 'lumped ≤' : 'exact') + missingText(theory).join(''),
    );
    return 0;
  },
};

/** The risks that the paths of a run resolve: all of them, but where it was stopped. @throws {StoppedError} where none */
function resolvedRisks(context: CommandContext, asked: readonly number[], trials: number): readonly number[] {
  const risks = asked.filter((each) => trials >= trialsForRisk(each));
  if (risks.length === asked.length) return asked;
  if (risks.length === 0) {
    throw new StoppedError(`stopped: ${formatCount(trials)} paths are too few for any of the risks: nothing to report`);
  }
  const left = asked.filter((each) => !risks.includes(each)).join(', ');
  context.remark(`stopped: ${formatCount(trials)} paths are too few for risks of ${left}, which are left out`);
  return risks;
}

/** Where the exact law was not awaited. */
function unknownReserve({ risk: own, charge }: EstimatedReserve): ExactReserve {
  const unknown = { charge: NaN, meanExcess: NaN, conditionalValueAtRisk: NaN };
  return { risk: own, ...unknown, error: unknown, atSimulatedCharge: { charge, meanExcess: NaN, error: NaN } };
}

function text(
  simulation: FinishedRun,
  simulated: readonly EstimatedReserve[],
  exactly: readonly ExactReserve[],
  header: string,
): string {
  const { unit, factor } = scaleFor([largestOf(simulated.map((r) => r.charge))], 'J');
  const excess = scaleFor([largestOf(simulated.map((r) => r.meanExcess))], 'J');
  const table = formatTable(
    [
      { header: 'risk' },
      { header: `charge ${unit}` },
      { header: '95 % interval', isJoined: true },
      { header, isJoined: true },
      { header: 'safe charge', isJoined: true },
      { header: `E(D−b)⁺ ${excess.unit}` },
      { header: '95 % interval', isJoined: true },
      { header, isJoined: true },
      { header: `CVaR ${unit}` },
      { header: '95 % interval', isJoined: true },
      { header, isJoined: true },
    ],
    simulated.map((r, i) => {
      const charge = { value: r.charge, ...r.interval };
      const over = { value: r.meanExcess, ...r.meanExcessInterval };
      const worst = { value: r.conditionalValueAtRisk, ...r.conditionalValueAtRiskInterval };
      const { atSimulatedCharge, ...exact } = exactly[i];
      return [
        String(r.risk),
        formatEstimate(charge, factor),
        formatRange(charge, factor),
        formatLike(charge, factor)(exact.charge),
        formatLike(charge, factor)(r.safeCharge),
        formatEstimate(over, excess.factor),
        formatRange(over, excess.factor),
        formatLike(over, excess.factor)(atSimulatedCharge.meanExcess),
        formatEstimate(worst, factor),
        formatRange(worst, factor),
        formatLike(worst, factor)(exact.conditionalValueAtRisk),
      ];
    }),
    notesText(
      slotsNote(simulation.scenario.slotSeconds),
      'risk: P(D > charge); safe charge: with 95 % confidence it has no more than that risk; ' +
        'E(D−b)⁺: what is still needed on average with the charge b of this run; ' +
        'CVaR: mean deficit in the worst fraction `risk` of the cases',
      header === 'exact'
        ? undefined
        : 'lumped ≤: exact, were each task’s whole energy drawn at arrival; no path needs more than that (Lemma 1)',
    ),
  );
  return `${headingText(simulation)}\n${table}\n${speedText(simulation)}`;
}
