/**
 * What the queue costs: two workers finish shards of about 100 ms. Two ways:
 *
 * - `device` (as with GPUs): a stand-in for a device takes exactly that long a shard and no processor; results are as
 *   large as real ones. Beside the time that two devices need that never wait.
 * - `cpu`: beside the same work by two processes without a queue (sweep --shard 0/2 and 1/2), by turns. Each process
 *   has a processor of its own (taskset), where there are two; the driver takes what it needs from them.
 *
 * Needs redis-server.
 *
 *     npm run build && node bench/queue.mjs [device | cpu] [shards = 400] [milliseconds a shard = 100] [repeats = 3]
 */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { textLoaders, wasmForEsbuild } from '../kernels/wasm/compile.mjs';

const [kind = 'device', ...sizes] = process.argv.slice(2);
const [shards = 400, milliseconds = 100, repeats = 3] = sizes.map(Number);
const repository = fileURLToPath(new URL('..', import.meta.url));
const cli = join(repository, 'dist/cli.js');
const root = mkdtempSync(join(tmpdir(), 'batterywalk-bench-'));
const url = `unix:${join(root, 'r.sock')}`;
const hasTaskset = (() => {
  try {
    execFileSync('taskset', ['-c', '0', 'true'], { stdio: 'ignore' });
    return availableParallelism() > 1;
  } catch {
    return false;
  }
})();

const ended = (child) =>
  new Promise((resolve, reject) => {
    child.on('exit', (status) => {
      if (status === 0) resolve();
      else reject(new Error(`a process ended with ${status}`));
    });
  });

/** A process of the command line, on one processor where `cpu` says which. */
function start(args, cpu, program = cli) {
  const own = [process.execPath, program, ...args, '--quiet'];
  const [command, ...rest] = cpu === undefined || !hasTaskset ? own : ['taskset', '-c', String(cpu), ...own];
  return spawn(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Points of one shard each, of so many paths that a shard takes the time asked for. */
function sweepFile(trials, points, name) {
  const path = join(root, name);
  const axes = { 'harvest.mean.timesDemand': { from: 0.96, to: 1.06, count: points } };
  const document = { schemaVersion: 1, base: 'surplus', trials, horizons: [128, 1024], axes, exact: 'none' };
  writeFileSync(path, JSON.stringify({ ...document, shardPathSlots: Number.MAX_SAFE_INTEGER }));
  return path;
}

const HORIZON = 1024;

/** Path-slots a second of one process on one processor, its start and laws included. */
async function calibrate() {
  const trials = 2 ** 16;
  const points = 64;
  const file = sweepFile(trials, points, 'calibrate.json');
  const out = join(root, 'calibrate');
  await ended(start(['sweep', file, '--out', out, '--backend', 'cpu'], 0));
  const { elapsedSeconds } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
  return (points * trials * HORIZON) / elapsedSeconds;
}

async function timed(act) {
  const begin = performance.now();
  await act();
  return (performance.now() - begin) / 1000;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/**
 * The programs as they are built, with an engine that waits where a device would work.
 * @returns the command line's path.
 */
async function programWithStandIn() {
  const folder = join(root, 'stand-in');
  cpSync(join(repository, 'dist'), folder, {
    recursive: true,
    filter: (path) => !/\.map$|[\\/](page|types)$/.test(path),
  });
  const contents = `
    import { workerScope } from '#worker-scope';
    import { binStart, emptyPartials } from './src/engine/partials.ts';
    import { jobRows } from './src/engine/rows.ts';
    import { runEngine } from './src/sweep/node/queue/engine.ts';
    const fill = (horizon, count) => {
      const each = Math.floor(count / (2 * horizon.histogram.length));
      horizon.histogram.forEach((_, i) => (horizon.histogram[i] = each + ((i * 7919) % 13) - 6));
      horizon.count = count;
      horizon.zeros = count - horizon.histogram.reduce((sum, own) => sum + own, 0);
      // Sums that deficits at the bins' lower ends have: the driver checks that bins can have them.
      horizon.histogram.forEach((paths, i) => {
        const deficit = BigInt(Math.max(1, binStart(i, horizon.bins)));
        horizon.sum += BigInt(paths) * deficit;
        horizon.sumOfSquares += BigInt(paths) * deficit * deficit;
      });
    };
    runEngine(workerScope, { open: () => Promise.resolve({
      name: 'webgpu',
      adapter: { description: 'stand-in for a device' },
      async runAll(feed) {
        let free = performance.now();
        for (let taken = 0; ; taken++) {
          const job = feed.next();
          if (job === undefined) return;
          // A device goes on while its owner is late by less than a shard.
          free = Math.max(free, performance.now() - ${milliseconds}) + ${milliseconds};
          await new Promise((resolve) => setTimeout(resolve, free - performance.now()));
          const partials = emptyPartials(jobRows(job));
          for (const horizon of partials.horizons) fill(horizon, job.paths);
          feed.done(taken, partials);
        }
      },
    }) });`;
  await build({
    stdin: { contents, resolveDir: repository, loader: 'ts' },
    outfile: join(folder, 'sweep-worker.js'),
    ...{ bundle: true, format: 'esm', platform: 'node', conditions: ['node'], logLevel: 'error' },
    loader: textLoaders,
    plugins: [wasmForEsbuild],
    external: ['webgpu'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    define: { BATTERYWALK_VERSION: JSON.stringify(version) },
  });
  return join(folder, 'cli.js');
}

const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
const program = kind === 'device' ? await programWithStandIn() : cli;
const given = ['--port', '0', '--unixsocket', join(root, 'r.sock'), '--dir', root, '--save', '', '--appendonly', 'no'];
const redis = spawn('redis-server', given, { stdio: 'ignore' });
await pause(300);
const workers = [0, 1].map((cpu) => start(['worker', '--queue', url, '--backend', 'cpu'], cpu, program));
const byQueue = (file, name) =>
  ended(start(['sweep', file, '--queue', url, '--recheck', '0', '--out', join(root, name)]));
const alone = (file, name, cpu) =>
  ended(start(['sweep', file, '--backend', 'cpu', '--shard', `${cpu}/2`, '--out', join(root, name)], cpu));
const machine = () =>
  `${cpus()[0].model}, ${availableParallelism()} processors, load ${loadavg()[0].toFixed(1)}, Node ${process.version}`;

async function measureDevice() {
  const file = sweepFile(100_000, shards, 'sweep.json');
  const least = (shards * milliseconds) / 2000;
  const times = [];
  for (let i = 0; i < repeats; i++) {
    const whole = await timed(() => byQueue(file, `queued${i}`));
    // From the first look at the queue to the last result; without the start of the program and the final files.
    const { elapsedSeconds } = JSON.parse(readFileSync(join(root, `queued${i}`, 'run.json'), 'utf8'));
    times.push(elapsedSeconds);
    console.log(
      `${elapsedSeconds.toFixed(2)} s of ${whole.toFixed(2)} s, where devices that never wait need ${least.toFixed(2)} s`,
    );
  }
  const own = median(times);
  console.log(
    `${shards} shards of ${milliseconds} ms on two stand-ins for devices: median ${own.toFixed(2)} s, ` +
      `${(100 * (own / least - 1)).toFixed(1)} % more than never waiting (${machine()})`,
  );
}

async function measureProcessors() {
  const trials = Math.round(((await calibrate()) * milliseconds) / 1000 / HORIZON);
  const file = sweepFile(trials, shards, 'sweep.json');
  const [plain, queued] = [[], []];
  for (let i = 0; i < repeats; i++) {
    // Workers that wait take next to nothing of the processors.
    plain.push(await timed(() => Promise.all([0, 1].map((cpu) => alone(file, `plain${i}`, cpu)))));
    queued.push(await timed(() => byQueue(file, `queued${i}`)));
    console.log(`without a queue ${plain[i].toFixed(2)} s, with one ${queued[i].toFixed(2)} s`);
  }
  const [a, b] = [median(plain), median(queued)];
  console.log(
    `${shards} shards of ${((2000 * a) / shards).toFixed(0)} ms on two processors: median ${a.toFixed(2)} s without a queue, ` +
      `${b.toFixed(2)} s with one: ${(100 * (b / a - 1)).toFixed(1)} % more (${machine()})`,
  );
}

try {
  await pause(1000);
  // Programs, laws and walks are compiled before anything is measured.
  await byQueue(sweepFile(100_000, 32, 'warm.json'), 'warm');
  await (kind === 'device' ? measureDevice() : measureProcessors());
} finally {
  for (const child of [...workers, redis]) child.kill('SIGTERM');
  await Promise.all([...workers, redis].map((child) => new Promise((resolve) => child.on('exit', resolve))));
  rmSync(root, { recursive: true });
}
