/** Rare deficits by importance sampling, one after the other, beside the exact, corrected and Brownian laws. */
import type { Backend } from '../engine/backend.js';
import { AccuracyError, InputError } from '../errors.js';
import type { Resolved } from '../fleet/resolve.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import type { Scenario } from '../scenario/scenario.js';
import { planTails, simulateTail } from '../stats/rare-tail.js';
import type { RareTail } from '../stats/rare-tail.js';
import { brownianLaw } from '../theory/brownian.js';
import { compoundIncrement } from '../theory/compound-increment.js';
import { correctedLaw, walkConstants } from '../theory/corrected.js';
import { exactLaw } from '../theory/exact/law.js';
import { adjustmentCoefficient } from '../theory/rare.js';
import type { StudyControl } from './control.js';
import { refuseSite } from './plan.js';
import { runsTold } from './progress.js';
import { nothingFinished } from './run.js';

/** Lundberg's bound at the deficits that are taken where none are named. */
const DEFAULT_BOUNDS = [1e-3, 1e-6, 1e-9, 1e-12];
/**
 * What the transform behind the exact law resolves at d: rounding, carried down its line at 0.7r; beyond it, nothing is
 * shown.
 */
const EXACT_FLOOR = 1e-8;

/** P(D_T > d) by theory; null where an approximation cannot say. */
export interface TailTheory {
  readonly exact: number | null;
  readonly corrected: number | null;
  readonly brownian: number;
  /** exp(−r(b + d)): no horizon exceeds it (Lundberg). */
  readonly lundbergBound: number;
}

/** One deficit: d of the auxiliary energy (D − b)⁺, simulated as b + d of the deficit. Joules. */
export interface TailRow {
  readonly deficitJoules: number;
  readonly simulated: RareTail;
  readonly theory: TailTheory;
}

/** What is asked. */
export interface TailRequest {
  /** Joules above 0; undefined: where Lundberg's bound is 1e-3, 1e-6, 1e-9, 1e-12. */
  readonly deficits: readonly number[] | undefined;
  /** Paths of each deficit. */
  readonly trials: number;
  readonly slots: number;
  readonly seed: string;
}

/** What came of it, or of a first part of its deficits. */
export interface FinishedTail {
  readonly scenario: Scenario;
  readonly walk: WalkLaw;
  readonly seed: string;
  readonly slots: number;
  readonly backend: Pick<Backend, 'name' | 'adapter'>;
  /** r, 1/joule. */
  readonly adjustmentCoefficient: number;
  readonly rows: readonly TailRow[];
}

/**
 * Simulates each deficit. After a stop those that are finished come back, the last with the paths that were.
 * @param onRow told what there is after each deficit, and how many there are in all
 * @throws {InputError} where no deficit is rare: a site, distributed accounting, no surplus
 * @throws {StoppedError} where nothing is finished
 */
export async function rareTails(
  resolved: Resolved,
  { deficits, trials, slots, seed }: TailRequest,
  open: () => Promise<Backend>,
  control: StudyControl,
  onRow: (soFar: FinishedTail, count: number) => void,
): Promise<FinishedTail> {
  const { scenario, walk } = resolved;
  if (scenario.accounting !== 'lumped') {
    throw new InputError(
      `accounting: got "${scenario.accounting}", expected "lumped": rare deficits are known for consumption at ` +
        'arrival, which bounds the distributed deficit from above on every path (Lemma 1)',
      'accounting',
    );
  }
  refuseSite(resolved);
  // Refuses a walk without surplus before anything is asked of it.
  planTails(walk, [], slots);
  const r = adjustmentCoefficient(compoundIncrement(walk));
  const charge = scenario.battery.initialJoules;
  const asked = deficits ?? DEFAULT_BOUNDS.map((bound) => Number((-Math.log(bound) / r).toPrecision(3)));
  const plans = planTails(
    walk,
    asked.map((d) => charge + d),
    slots,
  );
  control.onStage('exact law');
  const theory = theoryOf(walk, slots, r, control);
  const { signal } = control;
  const backend = await open();
  const { name, adapter } = backend;
  const head = { scenario, walk, seed, slots, backend: { name, adapter }, adjustmentCoefficient: r };
  const rows: TailRow[] = [];
  try {
    for (const [i, plan] of plans.entries()) {
      const told = runsTold(control, `deficit ${i + 1} of ${plans.length}`)();
      const simulated = await simulateTail(
        plan,
        backend,
        { trials, seed },
        {
          signal,
          onProgress: ({ done, total }) => {
            told(done, total);
          },
        },
      );
      if (simulated === undefined) break;
      rows.push({ deficitJoules: asked[i], simulated, theory: theory(plan.deficitJoules) });
      if (signal.aborted) break;
      onRow({ ...head, rows: [...rows] }, plans.length);
    }
  } finally {
    await backend.release();
  }
  if (rows.length === 0) throw nothingFinished();
  if (signal.aborted) {
    const of = `${rows.length} of ${plans.length}`;
    control.onRemark(`stopped: ${of} deficits are reported, the last with what was finished`);
  }
  return { ...head, rows };
}

/** P(D_T > d) of a walk by theory. */
function theoryOf(walk: WalkLaw, slots: number, r: number, { onRemark }: StudyControl): (d: number) => TailTheory {
  const increment = compoundIncrement(walk);
  const constants = walkConstants(increment);
  const brownian = brownianLaw(constants, slots);
  const corrected = correctedLaw(constants, slots);
  let exact: { survival(d: number): number } | undefined;
  try {
    const law = exactLaw(increment, slots);
    if (law.missing === undefined) exact = law;
    else onRemark(`no exact law at this horizon: ${law.missing.reason}`);
  } catch (error) {
    if (!(error instanceof AccuracyError)) throw error;
    onRemark(`no exact law at this horizon: ${error.message}`);
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
