/** Sites run side by side on the words of one seed, chunk by chunk of paths, so that memory is bounded. */
import { host } from '#host';
import type { Backend } from '../engine/backend.js';
import { openBackend } from '../engine/open-backend.js';
import { sharedDraws } from '../engine/shared-draws.js';
import { prepareSite } from '../engine/simulate.js';
import type { PreparedSite } from '../engine/simulate.js';
import { SITE_ROWS } from '../engine/site-job.js';
import { InputError } from '../errors.js';
import type { ComparedSide, FinishedComparison } from '../report/comparison-report.js';
import { uncommonDraws } from '../report/shared-draws.js';
import { addComparison, compareFamily, emptyComparison, sideRows } from '../stats/comparison.js';
import type { ComparisonSums, SideRows } from '../stats/comparison.js';
import type { CommandContext } from './context.js';
import type { Variant } from './policies.js';

/** Values kept of one side at a time: 16 MiB. */
const CHUNK_VALUES = 2 ** 22;

/** A side made ready, and what has been counted of it. */
interface Side extends Variant {
  readonly prepared: PreparedSite;
  violatedPaths: number;
  violations: number;
  overflowed: number;
}

/** Runs them all. After Ctrl-C what is finished comes back; too little finished is an error. */
export async function compareVariants(
  context: CommandContext,
  variants: readonly Variant[],
  horizons: readonly number[],
  familyAlpha: number,
): Promise<FinishedComparison> {
  const { trials, seed } = context.options;
  const sides = variants.map((variant): Side => {
    const prepared = named(variant, () => prepareSite(variant.scenario, { trials, horizons, seed }));
    return { ...variant, prepared, violatedPaths: 0, violations: 0, overflowed: 0 };
  });
  const sums = sides.slice(1).map((side) => horizons.map(() => emptyComparison(scale(sides[0]), scale(side))));
  context.prepareFolder();
  const backend = await openBackend(host, context.options);
  try {
    const start = performance.now();
    const chunk = Math.max(1, Math.floor(CHUNK_VALUES / (SITE_ROWS.length * horizons.length)));
    let done = 0;
    while (done < trials) {
      const paths = Math.min(chunk, trials - done);
      const report = progress(context, { done, trials, paths, sides: sides.length, start });
      if (!(await runChunk(context, backend, sides, sums, { firstPath: done, paths }, report))) break;
      done += paths;
    }
    if (done < 2) throw new InputError('stopped before two paths were finished: nothing to report');
    if (context.signal.aborted) context.remark(`stopped: ${done} paths were finished and are reported`);
    const elapsedSeconds = (performance.now() - start) / 1000;
    const judged = compareFamily(sums.flat(), familyAlpha);
    return {
      seed,
      trials: done,
      familyAlpha,
      backend: backend.name,
      adapter: backend.adapter,
      elapsedSeconds,
      pathSlotsPerSecond: (done * sides.length * horizons[horizons.length - 1]) / elapsedSeconds,
      sides: sides.map(({ name, scenario, prepared, violatedPaths, violations, overflowed }): ComparedSide => {
        const draws = sharedDraws(sides[0].prepared, prepared);
        const uncommon = uncommonDraws(draws, sides[0].name, name);
        return { name, scenario, violatedPaths, violations, overflowed, uncommon, draws };
      }),
      comparisons: sums.map((_, side) =>
        horizons.map((slots, h) => ({ slots, quantities: judged[side * horizons.length + h] })),
      ),
    };
  } finally {
    await backend.release();
  }
}

/** Runs some paths of every side and adds them; false where Ctrl-C came first. */
async function runChunk(
  context: CommandContext,
  backend: Backend,
  sides: readonly Side[],
  sums: ComparisonSums[][],
  { firstPath, paths }: { readonly firstPath: number; readonly paths: number },
  report: (side: number) => void,
): Promise<boolean> {
  const values: Int32Array[] = [];
  for (const [i, { prepared }] of sides.entries()) {
    values.push(await backend.deficits({ ...prepared.job, firstPath, paths }, { signal: context.signal }));
    if (context.signal.aborted) return false;
    report(i + 1);
  }
  const count = sides[0].prepared.job.horizons.length;
  const rows = (side: number, h: number): SideRows => sideRows(values[side], count, paths, h);
  sides.forEach((side, i) => {
    const last = rows(i, count - 1);
    for (const flags of last('violations')) {
      if (flags !== 0) side.violatedPaths++;
      side.violations |= flags;
    }
    side.overflowed += last('overflowed').reduce((a, b) => a + b, 0);
    if (i === 0) return;
    sums[i - 1] = sums[i - 1].map((own, h) => addComparison(own, rows(0, h), rows(i, h)));
  });
  return true;
}

function progress(
  context: CommandContext,
  at: { done: number; trials: number; paths: number; sides: number; start: number },
): (side: number) => void {
  return (side) => {
    const slots = context.options.slots;
    const done = (at.done * at.sides + at.paths * side) * slots;
    const total = at.trials * at.sides * slots;
    const rate = done / ((performance.now() - at.start) / 1000);
    context.progress.report({ label: 'comparing', done, total, rate, etaSeconds: (total - done) / rate });
  };
}

const scale = ({ prepared }: Side) => ({
  quantumJoules: prepared.law.quantumJoules,
  slotSeconds: prepared.scenario.slotSeconds,
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
