/** Sites run side by side on the words of one seed, chunk by chunk of paths, so that memory is bounded. */
import { resolveScenario } from '../fleet/resolve.js';
import type { Backend } from '../engine/backend.js';
import { sharedDraws } from './shared-draws.js';
import { prepareSite } from './plan.js';
import type { PreparedSite } from './plan.js';
import { SITE_ROWS } from '../engine/site-job.js';
import { InputError, StoppedError } from '../errors.js';
import { expectedFailures } from '../fleet/failures.js';
import {
  addComparison,
  compareFamily,
  emptyComparison,
  sideRows,
  steadyQuantities,
  steadyRows,
} from '../stats/comparison.js';
import type { ComparisonSums, SideRows } from '../stats/comparison.js';
import type { StudyControl } from './control.js';
import { nextPart } from './run.js';
import type { SharedDraw } from './shared-draws.js';
import type { ExpectedFailures } from '../fleet/failures.js';
import type { Scenario } from '../scenario/scenario.js';
import type { QuantityDifference } from '../stats/comparison.js';
import { steadyWindows } from './steady-windows.js';
import type { Window } from './steady-windows.js';

/** Values kept of one side at a time: 16 MiB. */
const CHUNK_VALUES = 2 ** 22;
/**
 * Paths of the first chunk, whose time is not known: fewer where each is long, by the path-slots that they may have.
 * And seconds of those that follow: what a stop loses.
 */
const FIRST_PATHS = 256;
const FIRST_PATH_SLOTS = 2 ** 21;
const CHUNK_SECONDS = 0.5;
/** Most that a chunk is larger than the one before it. */
const GROWTH = 4;

/** A scenario that is compared, and what it is called. */
export interface Variant {
  readonly name: string;
  readonly scenario: Scenario;
}

/** One of the scenarios that were compared. */
export interface ComparedSide {
  readonly name: string;
  readonly scenario: Scenario;
  /** Paths on which something that must never happen was seen, and what: flags of `SITE_VIOLATION`. */
  readonly violatedPaths: number;
  readonly violations: number;
  /** Tasks that were dispatched because the queue was full, all paths together. */
  readonly overflowed: number;
  /** What it shares with the first, by purpose. */
  readonly draws: readonly SharedDraw[];
  /** Expected failures among the tasks that arrive up to each horizon; null where tasks give their energies. */
  readonly failures: readonly ({ readonly slots: number } & ExpectedFailures)[] | null;
}

/** One side against the first at one horizon. */
export interface ComparedHorizon {
  readonly slots: number;
  readonly quantities: readonly QuantityDifference[];
}

/** One side against the first over the slots after `fromSlots`, up to `slots`. */
export interface SteadyComparison extends ComparedHorizon {
  readonly fromSlots: number;
  /** What of the auxiliary energy after it the start may still decide, as a share; null where it was not measured. */
  readonly remembered: number | null;
}

export interface FinishedComparison {
  readonly seed: string;
  readonly trials: number;
  readonly familyAlpha: number;
  readonly backend: Backend['name'];
  readonly adapter: Backend['adapter'];
  readonly elapsedSeconds: number;
  readonly pathSlotsPerSecond: number;
  readonly sides: readonly ComparedSide[];
  /** For each side but the first, in their order. */
  readonly comparisons: readonly (readonly ComparedHorizon[])[];
  /** The same after a warm-up (`stats/comparison.ts`, steadyRows); none where no side can leave work undone. */
  readonly steady: readonly (readonly SteadyComparison[])[];
}

/** A side made ready, and what has been counted of it. */
interface Side extends Variant {
  readonly prepared: PreparedSite;
  /** What steady comparisons are made of, where there are any. */
  readonly steady: PreparedSite | undefined;
  violatedPaths: number;
  violations: number;
  overflowed: number;
}

/** What a comparison is asked. */
export interface ComparisonRequest {
  readonly variants: readonly Variant[];
  readonly trials: number;
  readonly horizons: readonly number[];
  readonly seed: string;
  /** All intervals are right at once but for this chance. */
  readonly familyAlpha: number;
  /** Slots after which the steady comparison begins; left out: as `steadyWindows` says. */
  readonly from?: number | undefined;
}

/**
 * Runs them all. After a stop what is finished comes back; too little finished is an error.
 * @param open asked for a backend once all are found to be fit to run
 */
export async function compareVariants(
  { variants, trials, horizons: asked, seed, familyAlpha, from }: ComparisonRequest,
  open: () => Promise<Backend>,
  control: StudyControl,
): Promise<FinishedComparison> {
  const prepareAll = (horizons: readonly number[], paths = trials): PreparedSite[] =>
    variants.map((variant) =>
      named(variant, () => prepareSite(resolveScenario(variant.scenario), { trials: paths, horizons, seed })),
    );
  // What cannot be run is refused before a backend is opened.
  control.onStage('sampling the laws');
  const asAsked = prepareAll(asked);
  const backend = await open();
  try {
    control.onStage('looking for a warm-up');
    const { windows, remembered } = await steadyWindows(control, backend, variants, asAsked, asked, prepareAll, from);
    // Runs of their own, so that totals stay those of `run`: a longer walk has a coarser lattice.
    const later = [...new Set(windows.flatMap(({ fromSlots, slots }) => [fromSlots, slots]))]
      .filter((slots) => slots > 0)
      .sort((a, b) => a - b);
    const steadyRuns = later.length === 0 ? [] : prepareAll(later);
    const sides = variants.map((variant, i): Side => {
      const runs = { prepared: asAsked[i], steady: steadyRuns.at(i) };
      return { ...variant, ...runs, violatedPaths: 0, violations: 0, overflowed: 0 };
    });
    // Each of the two runs counts in quanta of its own.
    const empty = (count: number, run: (side: Side) => PreparedSite): ComparisonSums[][] =>
      sides
        .slice(1)
        .map((side) => Array.from({ length: count }, () => emptyComparison(scale(run(sides[0])), scale(run(side)))));
    const sums: Sums = {
      ...{ asked, windows },
      totals: empty(asked.length, ({ prepared }) => prepared),
      steady: empty(windows.length, ({ prepared, steady }) => steady ?? prepared),
    };
    const walked = asked[asked.length - 1] + (later.at(-1) ?? 0);
    const start = performance.now();
    const most = Math.max(1, Math.floor(CHUNK_VALUES / (SITE_ROWS.length * (asked.length + later.length))));
    const first = Math.min(FIRST_PATHS, most, Math.max(2, Math.floor(FIRST_PATH_SLOTS / walked)));
    let chunk = first;
    let done = 0;
    while (done < trials) {
      const paths = Math.min(chunk, trials - done);
      const begun = performance.now();
      const walkedBefore = done * sides.length;
      const report = (side: number): void => {
        const seconds = (performance.now() - start) / 1000;
        const pathsWalked = walkedBefore + paths * side;
        control.onProgress('comparing', pathsWalked * walked, trials * sides.length * walked, seconds);
      };
      if (!(await runChunk(control, backend, sides, sums, { firstPath: done, paths }, report))) break;
      done += paths;
      const seconds = (performance.now() - begun) / 1000;
      chunk = Math.min(most, nextPart(paths, seconds, { first, growth: GROWTH, seconds: CHUNK_SECONDS }));
    }
    if (done < 2) {
      const missing = done === 0 ? 'any path was' : 'two paths were';
      throw new StoppedError(`stopped before ${missing} finished: nothing to report`);
    }
    if (control.signal.aborted) control.onRemark(`stopped: ${done} paths were finished and are reported`);
    const elapsedSeconds = (performance.now() - start) / 1000;
    return {
      ...{ seed, trials: done, familyAlpha, backend: backend.name, adapter: backend.adapter, elapsedSeconds },
      pathSlotsPerSecond: (done * sides.length * walked) / elapsedSeconds,
      sides: sides.map((side) => comparedSide(sides[0], side, asked)),
      ...judgedSums(sums, sides.length - 1, remembered, familyAlpha),
    };
  } finally {
    await backend.release();
  }
}

function comparedSide(first: Side, side: Side, asked: readonly number[]): ComparedSide {
  const { name, scenario, prepared, violatedPaths, violations, overflowed } = side;
  const draws = sharedDraws(first.prepared, prepared);
  return { name, scenario, violatedPaths, violations, overflowed, draws, failures: failuresOf(prepared.site, asked) };
}

/** All differences as one family. @param others sides but the first */
function judgedSums(
  { asked, windows, totals, steady }: Sums,
  others: number,
  remembered: number | null,
  familyAlpha: number,
): Pick<FinishedComparison, 'comparisons' | 'steady'> {
  const judged = compareFamily([...totals.flat(), ...steady.flat()], familyAlpha);
  const steadyFrom = others * asked.length;
  const sides = Array.from({ length: others }, (_, side) => side);
  return {
    comparisons: sides.map((side) => asked.map((slots, h) => ({ slots, quantities: judged[side * asked.length + h] }))),
    steady: sides.map((side) =>
      windows.map((window, i) => ({
        ...window,
        remembered,
        quantities: steadyQuantities(judged[steadyFrom + side * windows.length + i]),
      })),
    ),
  };
}

function failuresOf(site: PreparedSite['site'], horizons: readonly number[]): ComparedSide['failures'] {
  const found = horizons.flatMap((slots) => {
    const expected = expectedFailures(site, slots);
    return expected === undefined ? [] : [{ slots, ...expected }];
  });
  return found.length === 0 ? null : found;
}

/** Of each side but the first, at every horizon that was asked for and over every window. */
interface Sums {
  readonly asked: readonly number[];
  readonly windows: readonly Window[];
  readonly totals: ComparisonSums[][];
  readonly steady: ComparisonSums[][];
}

/** Runs some paths of every side and adds them; false where Ctrl-C came first. */
async function runChunk(
  control: StudyControl,
  backend: Backend,
  sides: readonly Side[],
  { asked, windows, totals, steady }: Sums,
  { firstPath, paths }: { readonly firstPath: number; readonly paths: number },
  report: (side: number) => void,
): Promise<boolean> {
  const totalsAt: RowsAt[] = [];
  const steadyAt: RowsAt[] = [];
  for (const [i, side] of sides.entries()) {
    totalsAt.push(await rowsOf(control, backend, side.prepared, { firstPath, paths }));
    if (side.steady !== undefined && !control.signal.aborted) {
      steadyAt.push(await rowsOf(control, backend, side.steady, { firstPath, paths }));
    }
    if (control.signal.aborted) return false;
    report(i + 1);
  }
  sides.forEach((side, i) => {
    const last = totalsAt[i](asked[asked.length - 1]);
    const later = windows.length === 0 ? undefined : steadyAt[i](windows[windows.length - 1].slots);
    last('violations').forEach((own, path) => {
      const flags = own | (later?.('violations')[path] ?? 0);
      if (flags !== 0) side.violatedPaths++;
      side.violations |= flags;
    });
    side.overflowed += last('overflowed').reduce((a, b) => a + b, 0);
    if (i === 0) return;
    totals[i - 1] = totals[i - 1].map((own, h) => addComparison(own, totalsAt[0](asked[h]), totalsAt[i](asked[h])));
    const between = (at: RowsAt, { fromSlots, slots }: Window): SideRows =>
      fromSlots === 0 ? at(slots) : steadyRows(at(fromSlots), at(slots));
    if (windows.length === 0) return;
    steady[i - 1] = steady[i - 1].map((own, w) =>
      addComparison(own, between(steadyAt[0], windows[w]), between(steadyAt[i], windows[w])),
    );
  });
  return true;
}

/** The rows of a side at a number of slots. */
type RowsAt = (slots: number) => SideRows;

async function rowsOf(
  control: StudyControl,
  backend: Backend,
  { job }: PreparedSite,
  part: { readonly firstPath: number; readonly paths: number },
): Promise<RowsAt> {
  const values = await backend.deficits({ ...job, ...part }, { signal: control.signal });
  const horizons = job.horizons.map(({ slots }) => slots);
  return (slots) => sideRows(values, horizons.length, part.paths, horizons.indexOf(slots));
}

const scale = ({ law, scenario }: PreparedSite) => ({
  quantumJoules: law.quantumJoules,
  levelJoules: law.levelJoules,
  slotSeconds: scenario.slotSeconds,
});

/** Runs `act`; what it refuses is told with the side's name. */
function named<T>({ name }: Variant, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${name}: ${error.message}`, error.field, { cause: error });
  }
}
