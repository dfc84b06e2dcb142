/**
 * What a sweep of many small points costs beside one run of the same path-slots: `node bench/sweep.mjs
 * [BACKEND[:ADAPTER]] [POINTS] [REPEATS]` after `npm run build`, BACKEND as in `webgpu:software`. Points of 10⁴ paths ×
 * 1024 slots; the two commands in turn, each whole, so that a machine that slows down slows both. Wall time and
 * processor time, which another program's work on the same processors hardly changes; medians, and the median of the
 * rounds' ratios.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const [named = 'cpu', wanted = '1000', repeats = '5'] = process.argv.slice(2);
const [backend, adapter] = named.split(':');
const PATHS = 10_000;
const SLOTS = 1024;
const rates = Math.round(Math.sqrt(Number(wanted) / 1.6));
const harvests = Math.round(Number(wanted) / rates);
const points = rates * harvests;

const root = mkdtempSync(join(tmpdir(), 'batterywalk-bench-'));
const range = (from, to, count) => ({ from, to, count });
/**
 * `mixed`: harvest and arrival rate of a preset that needs no residual cells; `fleet`: one that needs them where the
 * harvest is small.
 */
const sweeps = {
  mixed: {
    base: 'benchmark',
    axes: { 'harvest.mean.timesDemand': range(0.95, 1.05, harvests), 'arrivals.ratePerSlot': range(4, 6, rates) },
  },
  fleet: { base: 'reference', axes: { 'harvest.mean.timesDemand': range(0.9, 1.1, points) } },
};
for (const [name, own] of Object.entries(sweeps)) {
  const document = { schemaVersion: 1, trials: PATHS, horizons: [SLOTS], seed: 's', exact: 'none', ...own };
  writeFileSync(join(root, `${name}.json`), JSON.stringify(document));
}

/** Seconds of the clock and of processors that a command takes. */
function timed(args) {
  const chosen = ['--backend', backend, ...(adapter === undefined ? [] : ['--adapter', adapter])];
  const command = [process.execPath, cli, ...args, ...chosen, '--quiet'];
  const begin = performance.now();
  const text = execFileSync('bash', ['-c', 'TIMEFORMAT="%U %S"; { time "$@" > /dev/null; } 2>&1', '_', ...command], {
    encoding: 'utf8',
  });
  const wall = (performance.now() - begin) / 1000;
  const [user, system] = text.trim().split('\n').at(-1).split(' ').map(Number);
  return { wall, processor: user + system };
}

const out = join(root, 'out');
const run = (preset) => ['run', preset, '--trials', String(points * PATHS), '--horizons', String(SLOTS)];
const sweep = (name) => ['sweep', join(root, `${name}.json`), '--out', out];
/** Each sweep after the run of its base that it is held against. */
const commands = {
  'run benchmark': run('benchmark'),
  mixed: sweep('mixed'),
  'run reference': run('reference'),
  fleet: sweep('fleet'),
};
const against = { mixed: 'run benchmark', fleet: 'run reference' };
const rounds = [];
for (let i = 0; i < Number(repeats); i++) {
  const round = {};
  for (const [name, args] of Object.entries(commands)) {
    rmSync(out, { recursive: true, force: true });
    round[name] = timed(args);
  }
  rounds.push(round);
}
rmSync(root, { recursive: true });

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
console.log(
  `${points} points × ${PATHS} paths × ${SLOTS} slots on ${named}; ${cpus()[0].model}, ${cpus().length} threads, Node ${process.version}, load ${loadavg()[0].toFixed(1)}, ${repeats} rounds`,
);
for (const name of Object.keys(commands)) {
  const of = (what) => median(rounds.map((round) => round[name][what])).toFixed(2);
  const ratio = (what) =>
    name in against
      ? ` (${median(rounds.map((round) => round[name][what] / round[against[name]][what])).toFixed(2)} ×)`
      : '';
  console.log(
    `${name.padEnd(13)} ${of('wall')} s${ratio('wall')}, ${of('processor')} s of processors${ratio('processor')}`,
  );
}
