/**
 * `batterywalk sweep FILE --dry-run`: what a sweep would take, with a moment's measurement on the backend that it would
 * run on, and what its points would have in common.
 */
import { BIN_COUNT } from '../engine/partials.js';
import { Ledger } from '../sweep/node/ledger.js';
import type { MeasuredNeighbours } from '../sweep/neighbours.js';
import { measureNeighbours } from '../sweep/neighbours.js';
import type { Sweep } from '../sweep/points.js';
import { pointLaw } from '../sweep/point-law.js';
import { exactOf, withExact, estimatedRows } from '../sweep/results.js';
import type { Shard } from '../sweep/shards.js';
import { planText } from '../sweep/text.js';
import type { SweepPlan } from '../sweep/text.js';
import { progressAt } from '../study/progress.js';
import type { CommandContext } from './context.js';
import { measureRate, openAsked } from './running.js';
import { exactAtOnce } from './sweeping.js';

/** Prints the plan. */
export async function dryRun(context: CommandContext, sweep: Sweep, shards: readonly Shard[]): Promise<void> {
  const { out } = context.options;
  const { points, file } = sweep;
  const slots = file.horizons[file.horizons.length - 1];
  let finishedShards = 0;
  if (out !== undefined) {
    const ledger = new Ledger(out);
    const found = new Set<string>();
    for await (const { hash } of ledger.results(shards)) found.add(hash);
    finishedShards = shards.filter(({ hash }) => found.has(hash)).length;
  }
  const backend = await openAsked(context);
  try {
    const timed = <T>(act: () => T): [T, number] => {
      const start = performance.now();
      const value = act();
      return [value, (performance.now() - start) / 1000];
    };
    const request = { trials: file.trials, horizons: file.horizons, seed: points[0].seed };
    context.stage('sampling a law');
    pointLaw(points[0], request);
    const [{ job, law }, lawSeconds] = timed(() => pointLaw(points[points.length >> 1], request));
    const rate = await measureRate(context, backend, job);
    context.stage('trying a point');
    const probe = await backend.run({ ...job, paths: Math.min(file.trials, 10_000) });
    const point = points[points.length >> 1];
    const { quantumJoules } = law;
    const rows = estimatedRows(
      { ...sweep, file: { ...file, risks: [] } },
      { point, partials: probe, quantumJoules, tablesSha256: '' },
    );
    if (exactOf(sweep) !== 'none') context.stage('exact values of a point');
    const [, exactSeconds] =
      exactOf(sweep) === 'none' ? [0, 0] : timed(() => withExact({ ...sweep, file: { ...file, risks: [] } }, rows));
    const { signal } = context;
    const start = performance.now();
    const common = await measureNeighbours(sweep, backend, {
      signal,
      onProgress: (done, total) => {
        const seconds = (performance.now() - start) / 1000;
        context.progress.report(progressAt('pairing points', { done, total }, done, seconds));
      },
    });
    if (signal.aborted) {
      const told =
        common === undefined
          ? 'no pair of points was asked for'
          : `of pairs of points ${common.measured.length} were walked`;
      context.remark(`stopped: ${told}; nothing else of the plan is missing`);
    }
    const pathSlots = file.trials * slots * points.length;
    const left = 1 - finishedShards / shards.length;
    const countBytes = file.horizons.length * BIN_COUNT * 8;
    const plan: SweepPlan = {
      points: points.length,
      shards: shards.length,
      finishedShards,
      pathSlots,
      // A result's counts are compressed to about a quarter of four bytes a bin.
      diskBytes: shards.length * (300 + file.horizons.length * Math.min(BIN_COUNT, file.trials) * 2),
      // Measured: 600 MB of 100,000 points, of which the process takes 200 when it runs a point alone.
      memoryBytes: 192 * 2 ** 20 + points.length * 4096 + 16 * countBytes,
      backend: backend.name,
      pathSlotsPerSecond: rate,
      estimatedSeconds:
        left * (pathSlots / rate + points.length * lawSeconds) +
        (points.length * exactSeconds) / exactAtOnce(points.length),
      common,
    };
    if (context.options.json) {
      const values = points.map((p) => ({ point: p.index, values: p.values, seed: p.seed }));
      const document = { schemaVersion: 1, sweep: file, sweepSha256: sweep.sha256, ...plan };
      context.printJson({ ...document, common: commonDocument(common), points: values });
    } else context.print(planText(sweep, plan));
  } finally {
    await backend.release();
  }
}

/** Pairs by the numbers of their points. */
function commonDocument(common: MeasuredNeighbours | undefined) {
  if (common === undefined) return null;
  const { measured, ...rest } = common;
  return { ...rest, measured: measured.map((pair) => ({ ...pair, points: pair.points.map(({ index }) => index) })) };
}
