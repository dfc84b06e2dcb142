/** What `sweep` and `merge` share: reading the file, finishing the folder, saying what failed or is missing. */
import { join } from 'node:path';
import { InputError } from '../errors.js';
import { parseJsonText } from '../scenario/json-text.js';
import { slotLengthOf } from '../scenario/quantities.js';
import { isObject } from '../scenario/schema-parts.js';
import { host } from '#host';
import type { Assembly } from '../sweep/assembly.js';
import { PointThreads } from '../sweep/point-threads.js';
import { sweepDocument } from '../sweep/documents.js';
import type { SweepOutcome } from '../sweep/documents.js';
import { finishFolder } from '../sweep/node/folder.js';
import { writeWhole } from '../sweep/node/files.js';
import type { FailedShard } from '../sweep/node/run-local.js';
import { exactOf, leavesOutExact } from '../sweep/results.js';
import type { Sweep } from '../sweep/points.js';
import type { Shard } from '../sweep/shards.js';
import { parseSweepFile } from '../sweep/sweep-file.js';
import type { SweepFile } from '../sweep/sweep-file.js';
import { pointName, resultText } from '../sweep/text.js';
import { progressAt } from '../study/progress.js';
import type { CommandContext } from './context.js';
import { readScenarioDocument, readText, withTrace } from './scenario-source.js';
import { runHost } from './simulating.js';

/** Most shards that a message names. */
const NAMED = 8;

/** The checked file, with what the command line says otherwise. @throws {InputError} */
export function readSweepFile(context: CommandContext, path: string): SweepFile {
  const json = parseJsonText(readText(path), path);
  const given = (name: string): boolean => context.text(name) !== undefined;
  const { trials, horizons, seed } = context.options;
  const document =
    typeof json === 'object' && json !== null && !Array.isArray(json)
      ? {
          ...json,
          ...(given('trials') ? { trials } : {}),
          ...(given('horizons') || given('slots') ? { horizons } : {}),
          ...(given('seed') ? { seed } : {}),
        }
      : json;
  try {
    // A base by name may also be a scenario file.
    const base = isObject(document) ? document['base'] : undefined;
    const named = typeof base === 'string' && base !== '';
    const file = parseSweepFile(
      named ? { ...(document as object), base: readScenarioDocument(base, [], context.readings) } : document,
    );
    return named ? file : parseSweepFile({ ...file, base: withTrace(file.base, path, context.readings) });
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${path}: ${error.message}`, error.field, { cause: error });
    throw error;
  }
}

/** Seconds of a slot of a sweep's base; undefined where the sweep varies it. @throws {InputError} */
export function sweepSlotLength(path: string | undefined): number | undefined {
  const json = path === undefined ? undefined : parseJsonText(readText(path), path);
  if (!isObject(json) || (isObject(json['axes']) && 'slotSeconds' in json['axes'])) return undefined;
  const { base } = json;
  return slotLengthOf(typeof base === 'string' ? readScenarioDocument(base) : base);
}

/** The folder that a sweep needs. @throws {InputError} */
export function folderOf(context: CommandContext): string {
  const { out } = context.options;
  if (out === undefined) {
    throw new InputError('--out: missing, expected the folder that the sweep is kept in', '--out');
  }
  context.prepareFolder();
  return out;
}

/** Exact values for which a thread is started: each takes 20 ms and more. */
const EXACT_A_THREAD = 8;

/**
 * Threads beside this one for so many questions; none where they are few.
 *
 * @param each questions for which a thread is started
 * @param spare threads that are at work on something else
 */
export function pointThreads(questions: number, each: number, spare: number): PointThreads | undefined {
  const count = threadsFor(questions, each, spare);
  return count > 0 ? new PointThreads(host, count) : undefined;
}

const threadsFor = (questions: number, each: number, spare: number): number =>
  Math.min(host.hardwareConcurrency - spare, Math.floor(questions / each));

/** Points whose exact values are made at once. */
export const exactAtOnce = (points: number): number => Math.max(1, threadsFor(points, EXACT_A_THREAD, 0));

/** Writes the final files and prints the results. */
export async function finish(
  context: CommandContext,
  out: string,
  sweep: Sweep,
  assembly: Assembly,
  outcome: SweepOutcome,
  startedAt: string,
): Promise<void> {
  const total = sweep.points.length;
  const start = performance.now();
  context.stage('results');
  if (exactOf(sweep) !== 'none') offerResults(context, sweep, assembly, outcome);
  if (leavesOutExact(sweep)) {
    context.remark(
      'exact values of sites take a minute of one processor and more a point and are left out; ' +
        '"exact": "moments" in the sweep file asks for them',
    );
  }
  const threads = exactOf(sweep) === 'none' ? undefined : pointThreads(total, EXACT_A_THREAD, 0);
  const rows = await finishFolder(
    ...([out, sweep, assembly] as const),
    (done) => {
      if (exactOf(sweep) === 'none') return;
      const seconds = (performance.now() - start) / 1000;
      context.progress.report(progressAt('exact values', { done, total }, done, seconds));
    },
    threads,
  ).finally(() => threads?.release());
  context.stage('results');
  const run = { ...runHost(startedAt), ...outcome, ...context.files.document };
  await writeWhole(join(out, 'run.json'), `${JSON.stringify(run, null, 2)}\n`);
  const document = sweepDocument(sweep, assembly, rows.flat(), outcome);
  context.show(
    document,
    document.results,
    () => `${resultText(sweep, rows)}\n${join(out, 'results.parquet')}, manifest.json\n`,
  );
}

/** Most points whose estimates are put together for the case of a stop. */
const MOST_OFFERED = 10_000;

/** What a stop during exact values leaves: the estimates, and all shards in the folder. */
function offerResults(context: CommandContext, sweep: Sweep, assembly: Assembly, outcome: SweepOutcome): void {
  const remark =
    `stopped before the exact values were known: all ${outcome.shards} shards are finished and kept; ` +
    'the same command goes on';
  if (sweep.points.length > MOST_OFFERED) context.offer(remark);
  else {
    context.offer(`${remark}; estimates are reported`, () => {
      const rows = assembly.rows();
      return { document: sweepDocument(sweep, assembly, rows.flat(), outcome), text: resultText(sweep, rows) };
    });
  }
}

/** One clear error for shards that could not be run: the first by name, the others below it. */
export function failedError(failed: readonly FailedShard[]): InputError {
  const [first, ...others] = failed
    .slice(0, NAMED)
    .map(({ shard, message }) => `${pointName(shard.point)}: ${message}`);
  if (failed.length > NAMED) others.push(`and ${failed.length - NAMED} more`);
  const what = failed.length === 1 ? 'a shard' : `${failed.length} shards`;
  const lines = [`${what} could not be run, all others are finished and kept: ${first}`, ...others];
  return new InputError(lines.join('\n  '));
}

/** Names what is missing. */
export function missingText(missing: readonly Shard[], total: number): string {
  const lines = missing
    .slice(0, NAMED)
    .map(
      ({ index, point, firstPath, paths }) =>
        `  shard ${index}: ${pointName(point)}, paths ${firstPath} to ${firstPath + paths - 1}`,
    );
  if (missing.length > NAMED) lines.push(`  and ${missing.length - NAMED} more`);
  return `${missing.length} of ${total} shards are missing:\n${lines.join('\n')}\n`;
}
