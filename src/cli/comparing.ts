/** Sites run side by side on the words of one seed, chunk by chunk of paths, so that memory is bounded. */
import { resolveScenario } from '../fleet/resolve.js';
import type { Backend } from '../engine/backend.js';
import { sharedDraws } from '../study/shared-draws.js';
import { prepareSite } from '../study/plan.js';
import type { PreparedSite } from '../study/plan.js';
import { SITE_ROWS } from '../engine/site-job.js';
import { InputError, PlanError, StoppedError } from '../errors.js';
import { expectedFailures } from '../fleet/failures.js';
import type { ComparedSide, FinishedComparison } from '../report/comparison-report.js';
import { uncommonDraws } from '../report/shared-draws.js';
import {
  addComparison,
  compareFamily,
  emptyComparison,
  sideRows,
  steadyQuantities,
  steadyRows,
} from '../stats/comparison.js';
import type { ComparisonSums, SideRows } from '../stats/comparison.js';
import type { CommandContext } from './context.js';
import type { Variant } from './policies.js';
import { nextPart } from '../study/run.js';
import { progressAt } from './progress.js';
import { openAsked } from './running.js';
import { findWarmUp, shortestWarmUp } from './warm-up.js';

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

/** A side made ready, and what has been counted of it. */
interface Side extends Variant {
  readonly prepared: PreparedSite;
  /** What steady comparisons are made of, where there are any. */
  readonly steady: PreparedSite | undefined;
  violatedPaths: number;
  violations: number;
  overflowed: number;
}

/**
 * Runs them all. After Ctrl-C what is finished comes back; too little finished is an error.
 * @param from slots after which the steady comparison begins; undefined: as `steadyWindows` says
 */
export async function compareVariants(
  context: CommandContext,
  variants: readonly Variant[],
  asked: readonly number[],
  familyAlpha: number,
  from?: number,
): Promise<FinishedComparison> {
  const { trials, seed } = context.options;
  const prepareAll = (horizons: readonly number[], paths = trials): PreparedSite[] =>
    variants.map((variant) =>
      named(variant, () => prepareSite(resolveScenario(variant.scenario), { trials: paths, horizons, seed })),
    );
  // What cannot be run is refused before a backend is opened.
  context.stage('sampling the laws');
  const asAsked = prepareAll(asked);
  context.prepareFolder();
  const backend = await openAsked(context);
  try {
    context.stage('looking for a warm-up');
    const { windows, remembered } = await steadyWindows(context, backend, variants, asAsked, asked, prepareAll, from);
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
      const report = progress(context, {
        done,
        trials,
        paths,
        sides: sides.length,
        slots: walked,
        start,
      });
      if (!(await runChunk(context, backend, sides, sums, { firstPath: done, paths }, report))) break;
      done += paths;
      const seconds = (performance.now() - begun) / 1000;
      chunk = Math.min(most, nextPart(paths, seconds, { first, growth: GROWTH, seconds: CHUNK_SECONDS }));
    }
    if (done < 2) {
      const missing = done === 0 ? 'any path was' : 'two paths were';
      throw new StoppedError(`stopped before ${missing} finished: nothing to report`);
    }
    if (context.signal.aborted) context.remark(`stopped: ${done} paths were finished and are reported`);
    const elapsedSeconds = (performance.now() - start) / 1000;
    const judged = compareFamily([...sums.totals.flat(), ...sums.steady.flat()], familyAlpha);
    const others = sides.slice(1);
    const steadyFrom = others.length * asked.length;
    return {
      seed,
      trials: done,
      familyAlpha,
      backend: backend.name,
      adapter: backend.adapter,
      elapsedSeconds,
      pathSlotsPerSecond: (done * sides.length * walked) / elapsedSeconds,
      sides: sides.map(({ name, scenario, prepared, violatedPaths, violations, overflowed }): ComparedSide => {
        const draws = sharedDraws(sides[0].prepared, prepared);
        const uncommon = uncommonDraws(draws, sides[0].name, name);
        const failures = failuresOf(prepared.site, asked);
        return { name, scenario, violatedPaths, violations, overflowed, uncommon, draws, failures };
      }),
      comparisons: others.map((_, side) =>
        asked.map((slots, h) => ({ slots, quantities: judged[side * asked.length + h] })),
      ),
      steady: others.map((_, side) =>
        windows.map((window, i) => ({
          ...window,
          remembered,
          quantities: steadyQuantities(judged[steadyFrom + side * windows.length + i]),
        })),
      ),
    };
  } finally {
    await backend.release();
  }
}

function failuresOf(site: PreparedSite['site'], horizons: readonly number[]): ComparedSide['failures'] {
  const found = horizons.flatMap((slots) => {
    const expected = expectedFailures(site, slots);
    return expected === undefined ? [] : [{ slots, ...expected }];
  });
  return found.length === 0 ? null : found;
}

/** What a steady comparison is made over: the slots after `fromSlots`, up to `slots`. */
interface Window {
  readonly fromSlots: number;
  readonly slots: number;
}

/** Of each side but the first, at every horizon that was asked for and over every window. */
interface Sums {
  readonly asked: readonly number[];
  readonly windows: readonly Window[];
  readonly totals: ComparisonSums[][];
  readonly steady: ComparisonSums[][];
}

/**
 * Windows in which postponed work is no saving: as many slots as were asked for, after a warm-up in which every side forgets how it began; none where no side
 * can leave work undone. Where there is no such warm-up (a battery without limit, a trace, whose slots do not go on for ever) or `from` names the start: one
 * window that ends with the last horizon.
 */
async function steadyWindows(
  context: CommandContext,
  backend: Backend,
  variants: readonly Variant[],
  sites: readonly PreparedSite[],
  asked: readonly number[],
  prepare: (horizons: readonly number[], trials: number) => PreparedSite[],
  from: number | undefined,
): Promise<{ readonly windows: readonly Window[]; readonly remembered: number | null }> {
  if (sites.every(({ law: { tables } }) => !tables.queue && tables.serviceRing === 0)) {
    return { windows: [], remembered: null };
  }
  const last = asked[asked.length - 1];
  const within = (fromSlots: number) => ({ windows: [{ fromSlots, slots: last }], remembered: null });
  if (from !== undefined) return within(from);
  const shortest = shortestWarmUp(variants, sites);
  if (sites.every(({ site }) => site.harvest.kind !== 'trace')) {
    try {
      const found = await findWarmUp(backend, shortest, prepare, context.signal);
      const whole = found === undefined ? [] : asked.map((slots) => found.slots + slots);
      if (found !== undefined) {
        prepare(whole, 2);
        const { slots: fromSlots, remembered } = found;
        return { windows: whole.map((slots) => ({ fromSlots, slots })), remembered };
      }
    } catch (error) {
      // So many slots do not fit into 32 bits.
      if (!(error instanceof InputError && (error instanceof PlanError || error.cause instanceof PlanError)))
        throw error;
    }
  }
  if (asked.length > 1) return within(asked[asked.length - 2]);
  const most = Math.floor((2 * last) / 3);
  return within(shortest <= most ? last - shortest * Math.floor(most / shortest) : last - most);
}

/** Runs some paths of every side and adds them; false where Ctrl-C came first. */
async function runChunk(
  context: CommandContext,
  backend: Backend,
  sides: readonly Side[],
  { asked, windows, totals, steady }: Sums,
  { firstPath, paths }: { readonly firstPath: number; readonly paths: number },
  report: (side: number) => void,
): Promise<boolean> {
  const totalsAt: RowsAt[] = [];
  const steadyAt: RowsAt[] = [];
  for (const [i, side] of sides.entries()) {
    totalsAt.push(await rowsOf(context, backend, side.prepared, { firstPath, paths }));
    if (side.steady !== undefined && !context.signal.aborted) {
      steadyAt.push(await rowsOf(context, backend, side.steady, { firstPath, paths }));
    }
    if (context.signal.aborted) return false;
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
  context: CommandContext,
  backend: Backend,
  { job }: PreparedSite,
  part: { readonly firstPath: number; readonly paths: number },
): Promise<RowsAt> {
  const values = await backend.deficits({ ...job, ...part }, { signal: context.signal });
  const horizons = job.horizons.map(({ slots }) => slots);
  return (slots) => sideRows(values, horizons.length, part.paths, horizons.indexOf(slots));
}

function progress(
  context: CommandContext,
  at: { done: number; trials: number; paths: number; sides: number; slots: number; start: number },
): (side: number) => void {
  return (side) => {
    const { slots } = at;
    const done = (at.done * at.sides + at.paths * side) * slots;
    const total = at.trials * at.sides * slots;
    const seconds = (performance.now() - at.start) / 1000;
    context.progress.report(progressAt('comparing', { done, total }, done, seconds));
  };
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
