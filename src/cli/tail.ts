/** `batterywalk tail`: rare deficits by importance sampling, beside the exact, corrected and Brownian laws. */
import { resolveScenario } from '../fleet/resolve.js';
import { refuseSite } from '../study/plan.js';
import { AccuracyError, InputError } from '../errors.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import { tailDocument, tailText } from '../report/tail-report.js';
import type { TailRow, TailRungs } from '../report/tail-report.js';
import { planTails, simulateTail } from '../stats/rare-tail.js';
import { brownianLaw } from '../theory/brownian.js';
import { compoundIncrement } from '../theory/compound-increment.js';
import { correctedLaw, walkConstants } from '../theory/corrected.js';
import { exactLaw } from '../theory/exact/law.js';
import { adjustmentCoefficient } from '../theory/rare.js';
import type { CommandContext, CommandSpec } from './context.js';
import { WALKING } from './options.js';
import { parseNumbers, parseMeasure } from '../scenario/values.js';
import { nothingFinished } from '../study/run.js';
import { openAsked, reportProgress } from './running.js';

/** Lundberg's bound at the deficits that are taken where `--at` names none. */
const DEFAULT_BOUNDS = [1e-3, 1e-6, 1e-9, 1e-12];

/** `reference` is critical: no deficit is rare there. */
const DEFAULT_PRESET = 'surplus';

const deficit = (option: string, value: string): number =>
  parseMeasure(option, value, 'energy', {
    expected: 'a deficit in joules above 0, such as 1e6, or with its unit, such as 5MJ',
    holds: (x) => x > 0,
  });

export const tail: CommandSpec = {
  name: 'tail',
  describe: 'rare deficits by importance sampling: --at d1,d2',
  defaults: { trials: 100_000 },
  scenario: DEFAULT_PRESET,
  applies: [...WALKING, 'json', 'csv', 'out'],
  examples: ['tail', 'tail surplus --at 1MJ,500Wh --slots 1d', 'tail mine.json --csv'],
  configure(command) {
    command.option(
      '--at <D1,D2,…>',
      'deficits, such as 5MJ or in joules (default: where the bound exp(−rd) is 1e-3, 1e-6, 1e-9, 1e-12)',
    );
  },
  async run(context) {
    const { trials, slots, seed, horizons } = context.options;
    if (context.text('horizons') !== undefined && horizons.length > 1) {
      throw new InputError(
        `--horizons: got ${horizons.length} of them, expected one: tail answers for one T, which its tilt depends on`,
        '--horizons',
      );
    }
    const at = context.text('at');
    const given = at === undefined ? undefined : parseNumbers('--at', at, deficit);
    const scenario = context.scenario(DEFAULT_PRESET);
    if (scenario.accounting !== 'lumped') {
      throw new InputError(
        `accounting: got "${scenario.accounting}", expected "lumped": rare deficits are known for consumption at arrival, which bounds ` +
          'the distributed deficit from above on every path (Lemma 1)',
        'accounting',
      );
    }
    refuseSite(resolveScenario(scenario));
    const walk = resolveScenario(scenario).walk;
    // Refuses a walk without surplus before anything is asked of it.
    planTails(walk, [], slots);
    const r = adjustmentCoefficient(compoundIncrement(walk));
    const charge = scenario.battery.initialJoules;
    const deficits = given ?? DEFAULT_BOUNDS.map((bound) => Number((-Math.log(bound) / r).toPrecision(3)));
    const plans = planTails(
      walk,
      deficits.map((d) => charge + d),
      slots,
    );
    context.stage('exact law');
    const theory = rungs(context, walk, slots, r);
    const { signal } = context;
    const backend = await openAsked(context);
    try {
      const rows: TailRow[] = [];
      for (const [i, plan] of plans.entries()) {
        const simulated = await simulateTail(
          plan,
          backend,
          { trials, seed },
          { signal, onProgress: reportProgress(context, `deficit ${i + 1} of ${plans.length}`) },
        );
        if (simulated === undefined) break;
        rows.push({ deficitJoules: deficits[i], simulated, theory: theory(plan.deficitJoules) });
        if (signal.aborted) break;
        const report = { scenario, walk, seed, slots, backend, adjustmentCoefficient: r, rows };
        context.offer(`stopped: ${rows.length} of ${plans.length} deficits are reported`, () => ({
          ...{ document: tailDocument(report), text: tailText(report) },
        }));
      }
      if (rows.length === 0) throw nothingFinished();
      if (signal.aborted)
        context.remark(
          `stopped: ${rows.length} of ${plans.length} deficits are reported, the last with what was finished`,
        );
      const report = { scenario, walk, seed, slots, backend, adjustmentCoefficient: r, rows };
      const document = tailDocument(report);
      context.save('tail.json', `${JSON.stringify(document, null, 2)}\n`);
      const { slotSeconds } = scenario;
      context.show(
        document,
        document.tails.map(({ interval, ...row }) => ({ slots, slotSeconds, ...row, probabilityInterval: interval })),
        () => tailText(report),
      );
      return 0;
    } finally {
      await backend.release();
    }
  },
};

/** What the transform behind the exact law resolves at d: rounding, carried down its line at 0.7r; beyond it, nothing is shown. */
const EXACT_FLOOR = 1e-8;

/** P(D_T > d) by each rung. */
function rungs(context: CommandContext, walk: WalkLaw, slots: number, r: number): (d: number) => TailRungs {
  const increment = compoundIncrement(walk);
  const constants = walkConstants(increment);
  const brownian = brownianLaw(constants, slots);
  const corrected = correctedLaw(constants, slots);
  let exact: { survival(d: number): number } | undefined;
  try {
    const law = exactLaw(increment, slots);
    if (law.missing === undefined) exact = law;
    else context.remark(`no exact law at this horizon: ${law.missing.reason}`);
  } catch (error) {
    if (!(error instanceof AccuracyError)) throw error;
    context.remark(`no exact law at this horizon: ${error.message}`);
  }
  return (d) => {
    const survival = exact?.survival(d) ?? 0;
    return {
      exact: survival > EXACT_FLOOR * Math.exp(-0.7 * r * d) ? survival : null,
      corrected: corrected.survival(d),
      brownian: brownian.survival(d),
      lundbergBound: Math.exp(-r * d),
    };
  };
}
