/**
 * Whether the cost of a path-slot depends on the shape of a run: `node bench/flatness.mjs [BACKEND] [ROUNDS]` after
 * `npm run build`. Workload W by slots, by paths and by horizons. On many machines the speed itself varies more than
 * what is looked for: each run is held against runs of one shape just before and just after it, in one process that is
 * warm, and the medians of these ratios are told, with their quartiles.
 */
import { resolveScenario } from '../src/fleet/resolve.js';
import { cpus, loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';
import { host, loadPreset, openBackend, prepareRun } from '../dist/index.node.js';

const [name = 'cpu', rounds = '5'] = process.argv.slice(2);
const scenario = loadPreset('benchmark');
/** Of runs whose paths are not what is looked at; about a second on two cores, a tenth of one on a GPU. */
const PATH_SLOTS = name === 'cpu' ? 1.2e9 : 1e11;

/** `count` horizons up to T, log-spaced. */
function horizons(slots, count) {
  const list = Array.from({ length: count }, (_, i) => Math.round(slots ** ((i + 1) / count)));
  return [...new Set(list)];
}

const shape = (group, label, slots, paths, count = 1) => {
  const { job } = prepareRun(resolveScenario(scenario), {
    trials: Math.round(paths),
    horizons: horizons(slots, count),
    seed: 'flat',
  });
  return { group, label, job, pathSlots: job.paths * slots, ratios: [] };
};
const reference = shape('', '', 4096, PATH_SLOTS / 4096);
const shapes = [
  ...[256, 1024, 4096, 16_384, 65_536].map((slots) => shape('T', `T = ${slots}`, slots, PATH_SLOTS / slots)),
  ...[1e5, 1e6, 1e7].map((paths) => shape('paths', `${paths} paths of 4096 slots`, 4096, paths)),
  ...[1, 32].map((count) => shape('horizons', `${count} horizons`, 4096, PATH_SLOTS / 4096, count)),
];

const backend = await openBackend(host, name === 'cpu' ? { backend: name } : { backend: name, adapter: 'auto' });
async function speed({ job, pathSlots }) {
  const begin = performance.now();
  await backend.run(job);
  return (pathSlots / (performance.now() - begin)) * 1000;
}
// Code is compiled, clocks are up.
for (const each of [reference, ...shapes.filter(({ pathSlots }) => pathSlots <= 2 * PATH_SLOTS)]) await speed(each);

let before = await speed(reference);
const references = [before];
for (let round = 0; round < Number(rounds); round++) {
  for (const each of shapes) {
    const own = await speed(each);
    const after = await speed(reference);
    each.ratios.push((2 * own) / (before + after));
    references.push(after);
    before = after;
  }
}
await backend.release();

const quantile = (xs, p) => [...xs].sort((a, b) => a - b)[Math.min(xs.length - 1, Math.floor(p * xs.length))];
const range = [0, 0.5, 1].map((p) => quantile(references, p).toExponential(2));
console.log(
  `${cpus()[0].model}, ${cpus().length} threads, Node ${process.version}, ${name}, load ${loadavg()[0].toFixed(1)}; the reference, T = 4096, one horizon: ${range[1]} path-slots/s (${range[0]} to ${range[2]})`,
);
for (const group of ['T', 'paths', 'horizons']) {
  const own = shapes.filter((each) => each.group === group);
  const best = Math.max(...own.map(({ ratios }) => quantile(ratios, 0.5)));
  for (const { label, ratios } of own) {
    const [low, middle, high] = [0.25, 0.5, 0.75].map((p) => quantile(ratios, p));
    console.log(
      `${label.padEnd(26)} ${middle.toFixed(3)} of the reference (${low.toFixed(3)} to ${high.toFixed(3)}), ${(middle / best).toFixed(3)} of the best of its kind`,
    );
  }
}
