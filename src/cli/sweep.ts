/**
 * `batterywalk sweep FILE`: many runs, on this machine, a part of them, or by a queue; resumed where it was stopped.
 */
import type { Backend } from '../engine/backend.js';
import { InputError, StoppedError } from '../errors.js';
import { Assembly } from '../sweep/assembly.js';
import { LawCache } from '../sweep/law-cache.js';
import { claimFolder } from '../sweep/node/claim.js';
import { Ledger } from '../sweep/node/ledger.js';
import { readFinished, runLocal } from '../sweep/node/run-local.js';
import type { SweepOutcome } from '../sweep/documents.js';
import type { FailedShard } from '../sweep/node/run-local.js';
import type { Sweep } from '../sweep/points.js';
import { planSweep } from '../sweep/points.js';
import { cutShards } from '../sweep/shards.js';
import { parseQueueUrl } from '../sweep/node/queue/address.js';
import { sealOf } from '../sweep/node/queue/seal.js';
import type { Seal } from '../sweep/node/queue/seal.js';
import type { SweepFile } from '../sweep/sweep-file.js';
import type { Shard } from '../sweep/shards.js';
import type { CommandContext, CommandSpec } from './context.js';
import { WALKING } from './options.js';
import { openTold, reportProgress } from './running.js';
import { dryRun } from './sweep-plan.js';
import { plotSweep, takesPlot } from './sweep-plot.js';
import { failedError, finish, folderOf, pointThreads, readSweepFile, sweepSlotLength } from './sweeping.js';

export const sweep: CommandSpec = {
  name: 'sweep',
  describe: 'many runs: FILE names the axes; --out DIR keeps what is done',
  applies: [...WALKING, 'json', 'csv', 'out'],
  examples: [
    'sweep mine.json --dry-run',
    'sweep mine.json --out reserve --plot',
    'sweep mine.json --out reserve --csv > reserve.csv',
    'sweep --plot --out reserve --metric quantile:0.99',
    'sweep mine.json --out reserve --shard 0/8',
  ],
  slotLength: ([path]) => sweepSlotLength(path),
  configure(command) {
    command
      .argument('[FILE]', 'the sweep file; with --plot it may be left out, DIR then has the results already')
      .option('--dry-run', 'print points, memory and estimated time, and run nothing')
      .option('--replace', 'write over the results of another sweep in DIR')
      .option('--shard <i/n>', 'run only this part of the work, i from 0; merge DIR puts the parts together')
      .option('--queue <URL>', 'have workers at a Redis server do the work: redis://…')
      .option(
        '--queue-key <FILE>',
        'a key shared with the workers: jobs and results are signed (or BATTERYWALK_QUEUE_KEY)',
      )
      .option('--recheck <SHARE>', `share of the workers' shards that are walked again here (default: ${RECHECK})`);
    takesPlot(command);
  },
  async run(context) {
    const [path] = context.args as readonly (string | undefined)[];
    const wantsPlot = context.own.plot === true;
    if (path === undefined) {
      if (!wantsPlot) throw new InputError('FILE: missing, expected a sweep file', 'FILE');
      await plotSweep(context, folderOf(context));
      return 0;
    }
    const file = readSweepFile(context, path);
    context.stage('checking the points');
    if (context.own.dryRun === true) {
      const plan = planSweep(file);
      sayDoubts(context, plan);
      await dryRun(context, plan, cutShards(plan));
      return 0;
    }
    const part = parsePart(context.text('shard'));
    const queue = context.text('queue');
    for (const [name, option] of QUEUE_ONLY) {
      if (queue === undefined && context.text(name) !== undefined) {
        throw new InputError(`${option}: got it without --queue, expected the two together`, option);
      }
    }
    if (part !== undefined && queue !== undefined) {
      throw new InputError('--shard: got it together with --queue, expected one of the two', '--shard');
    }
    const asked = queue === undefined ? undefined : queueOf(context, queue);
    const out = folderOf(context);
    if (asked !== undefined) await runSweep(context, file, { out, part, by: asked });
    else {
      // It starts while the points are checked.
      const opening = openTold(context, context.options);
      opening.catch(() => undefined);
      try {
        await runSweep(context, file, { out, part, by: opening });
      } finally {
        const opened = await opening.catch(() => undefined);
        await opened?.release();
      }
    }
    context.stage('drawing');
    if (wantsPlot && part === undefined) await plotSweep(context, out);
    return 0;
  },
};

/** Options that say nothing without a queue. */
const QUEUE_ONLY = [
  ['queueKey', '--queue-key'],
  ['recheck', '--recheck'],
] as const;

/** Points that are looked at for doubts: each costs as much as planning it. */
const MOST_DOUBTED = 256;

/** What is doubtful in a point, each kind once, with the first point that has it. */
function sayDoubts(context: CommandContext, { points }: Sweep): void {
  const step = Math.ceil(points.length / MOST_DOUBTED);
  for (let i = 0; i < points.length; i += step) context.doubt(points[i].scenario, `point ${i}: `);
}

/** Seconds that a stop may take to take work back from a queue. */
const QUEUE_STOP_SECONDS = 10;

interface SweepRun {
  readonly out: string;
  readonly part: Part | undefined;
  /** Who does the work: the workers of a queue, or this machine. */
  readonly by: QueueAsked | Promise<Backend>;
}

/** A queue as the options name it. */
interface QueueAsked {
  readonly url: string;
  readonly seal: Seal | undefined;
  /** Share of the workers' shards that is walked again here. */
  readonly share: number;
}

/** Checked before any work, and before the queue's client is read, which is large. @throws {InputError} */
function queueOf(context: CommandContext, url: string): QueueAsked {
  parseQueueUrl(url);
  return { url, seal: sealOf(context.text('queueKey')), share: parseShare(context.text('recheck')) };
}

async function runSweep(context: CommandContext, file: SweepFile, { out, part, by }: SweepRun): Promise<void> {
  const plan = planSweep(file);
  sayDoubts(context, plan);
  const shards = cutShards(plan);
  const startedAt = new Date().toISOString();
  await claimFolder(out, plan, { shared: part !== undefined, replace: context.own.replace === true });
  const remark = (text: string): void => {
    context.remark(text);
  };
  // What comes from a queue is kept at once, for then it is removed there.
  const ledger = new Ledger(out, remark, 'url' in by ? 0 : GATHER_MILLISECONDS);
  await ledger.sweepUp();
  const own = part === undefined ? shards : shards.filter(({ index }) => index % part.of === part.at);
  const assembly = new Assembly(plan, shards);
  context.stage('reading what is finished');
  const todo = await readFinished(own, ledger, assembly, remark);
  if (todo.length < own.length) {
    context.remark(`${own.length - todo.length} of ${own.length} shards are finished already`);
  }
  const ran = todo.length === 0 ? NOTHING : await runWork(context, todo, { sweep: plan, ledger, assembly, by });
  if (part !== undefined) {
    context.print(
      `part ${part.at} of ${part.of}: ${own.length} shards are finished; batterywalk merge ${out} puts the parts together\n`,
    );
    return;
  }
  await finish(context, out, plan, assembly, { shards: shards.length, shardsRun: todo.length, ...ran }, startedAt);
}

/** For how long finished shards wait for others to share a file with: what a killed sweep loses at the most. */
const GATHER_MILLISECONDS = 250;

/** How the work was done, for the results. */
type Done = Pick<SweepOutcome, 'backend' | 'adapter' | 'elapsedSeconds' | 'pathSlotsPerSecond'>;

const NOTHING: Done = { backend: 'none', adapter: null, elapsedSeconds: 0, pathSlotsPerSecond: 0 };

interface Work {
  readonly sweep: Sweep;
  readonly ledger: Ledger;
  readonly assembly: Assembly;
  readonly by: SweepRun['by'];
}

/** Runs shards. @throws after a stop, and where some could not be run */
async function runWork(context: CommandContext, shards: readonly Shard[], work: Work): Promise<Done> {
  const { assembly, sweep } = work;
  const start = performance.now();
  const { failed, ...by } = await ('url' in work.by
    ? runQueue(context, shards, work, work.by)
    : runHere(context, shards, work, await work.by));
  if (context.signal.aborted) {
    const done = shards.filter((shard) => assembly.has(shard)).length;
    throw new StoppedError(`stopped: ${done} shards were finished and are kept; the same command goes on`);
  }
  if (failed.length > 0) throw failedError(failed);
  const elapsedSeconds = (performance.now() - start) / 1000;
  const { horizons } = sweep.file;
  const pathSlots = shards.reduce((sum, { paths }) => sum + paths * horizons[horizons.length - 1], 0);
  return { ...by, elapsedSeconds, pathSlotsPerSecond: pathSlots / elapsedSeconds };
}

type Ran = Pick<Done, 'backend' | 'adapter'> & { readonly failed: readonly FailedShard[] };

/** Laws for which a thread is started: each takes some milliseconds, the start of a thread a tenth of a second. */
const LAWS_A_THREAD = 32;

async function runHere(context: CommandContext, shards: readonly Shard[], work: Work, backend: Backend): Promise<Ran> {
  const { ledger: store, assembly, sweep } = work;
  const { signal } = context;
  const onProgress = reportProgress(context, 'sweeping');
  const { horizons } = sweep.file;
  const threads = pointThreads(new Set(shards.map(({ point }) => point)).size, LAWS_A_THREAD, 1);
  const laws = new LawCache(threads);
  try {
    const failed = await runLocal(shards, { backend, store, assembly, horizons, signal, onProgress, laws });
    return { backend: backend.name, adapter: backend.adapter, failed };
  } finally {
    await threads?.release();
  }
}

async function runQueue(
  context: CommandContext,
  shards: readonly Shard[],
  work: Work,
  { url, seal, share }: QueueAsked,
): Promise<Ran> {
  // What nobody has begun is taken back from the server, which may be slow.
  const signal = context.patientSignal(QUEUE_STOP_SECONDS);
  const { ledger: store, assembly, sweep } = work;
  const { driveQueue } = await import('../sweep/node/queue/index.js');
  const remark = (text: string): void => {
    context.remark(text);
  };
  const onProgress = reportProgress(context, 'sweeping');
  const recheck = { share, open: () => openTold(context, ONE_THREAD) };
  const failed = await driveQueue(shards, {
    ...{ sweep, url, store, assembly, signal, remark, onProgress, recheck },
    seal,
  });
  return { backend: 'queue', adapter: null, failed };
}

/**
 * Share of the workers' shards that the driver walks again: a device that errs in one of a hundred is found in a
 * sweep of thousands.
 */
const RECHECK = 0.01;
/** What walks them: the processor, for a driver needs no GPU, and little of it. */
const ONE_THREAD = { backend: 'cpu', threads: 1 } as const;

/** `--recheck 0.05`. @throws {InputError} */
function parseShare(text: string | undefined): number {
  if (text === undefined) return RECHECK;
  const share = /^\d*\.?\d+(?:e-?\d+)?$/i.test(text) ? Number(text) : NaN;
  if (share >= 0 && share <= 1) return share;
  throw new InputError(
    `--recheck: got ${JSON.stringify(text)}, expected a share from 0 (none) to 1 (all)`,
    '--recheck',
  );
}

interface Part {
  readonly at: number;
  readonly of: number;
}

/** `--shard 3/8`: i from 0. @throws {InputError} */
function parsePart(text: string | undefined): Part | undefined {
  if (text === undefined) return undefined;
  const found = /^(\d+)\/(\d+)$/.exec(text);
  const at = Number(found?.[1]);
  const of = Number(found?.[2]);
  if (found === null || of < 1 || at >= of || !Number.isSafeInteger(of)) {
    throw new InputError(
      `--shard: got ${JSON.stringify(text)}, expected i/n with i from 0 to n − 1, such as 0/8`,
      '--shard',
    );
  }
  return { at, of };
}
