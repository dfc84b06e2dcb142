/**
 * Whether the cost of a path-slot depends on the shape of a run: `node bench/flatness.mjs [BACKEND] [REPEATS]` after `npm run build`. Workload W by slots,
 * by paths and by horizons, in turn, so that a machine that slows down slows all of them; medians of path-slots a second and their ratio to the best.
 */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const [backend = 'cpu', repeats = '5'] = process.argv.slice(2);
const PATH_SLOTS = 4e9;

/** `count` horizons up to T, log-spaced. */
function horizons(slots, count) {
  const list = Array.from({ length: count }, (_, i) => Math.round(slots ** ((i + 1) / count)));
  return [...new Set(list)];
}

const shapes = [
  ...[256, 1024, 4096, 16_384, 65_536].map((slots) => ({
    group: 'T',
    name: `T = ${slots}`,
    slots,
    paths: PATH_SLOTS / slots,
    count: 1,
  })),
  ...[1e5, 1e6, 1e7].map((paths) => ({ group: 'paths', name: `${paths} paths`, slots: 4096, paths, count: 1 })),
  ...[1, 32].map((count) => ({
    group: 'horizons',
    name: `${count} horizons`,
    slots: 4096,
    paths: PATH_SLOTS / 4096,
    count,
  })),
].map((shape) => ({ ...shape, speeds: [] }));

for (let round = 0; round < Number(repeats); round++) {
  for (const { slots, paths, count, speeds } of shapes) {
    const args = ['run', 'benchmark', '--backend', backend, '--json', '--quiet', '--trials', String(Math.round(paths))];
    const out = execFileSync(process.execPath, [cli, ...args, '--horizons', horizons(slots, count).join()], {
      encoding: 'utf8',
    });
    speeds.push(JSON.parse(out).pathSlotsPerSecond);
  }
}
const median = (xs) => [...xs].sort((a, b) => a - b)[xs.length >> 1];
console.log(`${cpus()[0].model}, ${cpus().length} threads, Node ${process.version}, ${backend}, medians of ${repeats}`);
for (const group of ['T', 'paths', 'horizons']) {
  const own = shapes.filter((shape) => shape.group === group);
  const best = Math.max(...own.map(({ speeds }) => median(speeds)));
  for (const { name, speeds } of own) {
    console.log(
      `${name.padEnd(16)} ${median(speeds).toExponential(2)} path-slots/s  ${(median(speeds) / best).toFixed(3)} of the best`,
    );
  }
}
