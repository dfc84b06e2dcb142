// What the peers of distributed service and of waiting read, and the means that they are held against: `node make_tables.mjs` from this folder after `npm run build`.
// Lines of a name and its numbers. Energy profiles are worked out here from equations 40 to 43, not taken from the engine; means are the engine's own, with their standard errors.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { loadPreset } from '../../dist/index.node.js';

const ask = (...args) => JSON.parse(execFileSync(process.execPath, ['../../dist/cli.js', ...args, '--json', '--quiet'], { maxBuffer: 1e9 }));

/** Joules of each slot of a service of `tokens` tokens: energy(k) and time(k) are linear·k + quadratic·k². */
function profile({ hardware, models }, name, tokens, slotSeconds) {
  const { parameters: n, layers, attentionWidth } = models.find((model) => model.name === name);
  const quadratic = 2 * layers * attentionWidth;
  const energy = (k) => k * (hardware.joulesPerParameterAccess * n + hardware.joulesPerFlop * (2 * n + quadratic * k));
  const [a, b] = [n / hardware.parametersPerSecond + (2 * n) / hardware.flopsPerSecond, quadratic / hardware.flopsPerSecond];
  const after = (seconds) => Math.min(tokens, (2 * seconds) / (a + Math.sqrt(a * a + 4 * b * seconds)));
  const slots = Math.ceil((tokens * (a + b * tokens)) / slotSeconds);
  return Array.from({ length: slots }, (_, j) => energy(after((j + 1) * slotSeconds)) - energy(after(j * slotSeconds)));
}

const write = (file, table) => writeFileSync(file, Object.entries(table).map(([name, numbers]) => `${name} ${[numbers].flat().join(' ')}\n`).join(''));

/** Harvest of a mean of so many times the demand and of its variance: shape and scale of the Gamma law. */
function harvest(rate, kinds, times) {
  const moment = (power) => rate * kinds.reduce((sum, { weight, joules }) => sum + weight * joules ** power, 0);
  const [mean, variance] = [times * moment(1), moment(2)];
  return { shape: mean ** 2 / variance, scale: variance / mean };
}

function means(trials, horizons, ...scenario) {
  const { horizons: rows } = ask('run', ...scenario, '--backend', 'cpu', '--seed', 'peers', '--trials', String(trials), '--horizons', horizons.join());
  return { horizons, means: rows.map((row) => row.meanDeficit), errors: rows.map((row) => row.standardError) };
}

const share = (tasks) => (weight) => weight / tasks.reduce((sum, task) => sum + task.weight, 0);
const T = 4096;

{
  const { fleet, arrivals, slotSeconds } = loadPreset('reference');
  const { tasks } = ask('tasks', 'reference');
  const kinds = tasks.map(({ weight, chosen, models }) => {
    const { tokens, energyJoules } = models.find(({ model }) => model === chosen);
    return { weight: share(tasks)(weight), joules: energyJoules, profile: profile(fleet, chosen, tokens, slotSeconds) };
  });
  const horizons = [];
  for (let i = 0; i < 32; i++) horizons.push(Math.max(Math.floor(T ** (i / 31) + 0.5), (horizons.at(-1) ?? 0) + 1));
  write('distributed.txt', {
    rate: arrivals.ratePerSlot,
    ...harvest(arrivals.ratePerSlot, kinds, 1),
    weights: kinds.map(({ weight }) => weight),
    ...Object.fromEntries(kinds.map((kind, k) => [`profile${k}`, kind.profile])),
    ...means(3e5, horizons, 'reference', '--set', 'accounting=distributed'),
  });
}
{
  // solar-site, whose router lets tasks wait for a charge of 20 MJ. A task is misrouted to the other model with probability `error`; neither model drops out while it may wait.
  const level = 20e6;
  const { arrivals, routing, harvest: { mean, profile: [day], weather }, battery, slotSeconds, tasks: given } = loadPreset('solar-site');
  const { tasks } = ask('tasks', 'solar-site');
  const kinds = tasks.map(({ weight, chosen, models }, k) => {
    const [least, other] = [...models].sort((a, b) => Number(b.model === chosen) - Number(a.model === chosen));
    const wait = Math.floor((given[k].deadlineSeconds - Math.min(least.latencySeconds, other.latencySeconds)) / slotSeconds);
    return { weight: share(tasks)(weight), joules: least.energyJoules, other: other.energyJoules, wait };
  });
  // Factors of mean 1 at rest: the chain is walked until it is there.
  const { states, transitions } = weather;
  let rest = states.map(() => 1 / states.length);
  for (let i = 0; i < 1e4; i++) rest = states.map((_, j) => rest.reduce((sum, p, from) => sum + p * transitions[from][j], 0));
  const atRest = states.reduce((sum, { factor }, i) => sum + factor * rest[i], 0);
  const policy = JSON.stringify({ kind: 'threshold', levelJoules: level });
  write('waiting.txt', {
    rate: arrivals.ratePerSlot,
    ...harvest(arrivals.ratePerSlot, kinds, mean.timesDemand),
    weights: kinds.map(({ weight }) => weight),
    joules: kinds.map(({ joules }) => joules),
    others: kinds.map(({ other }) => other),
    waits: kinds.map(({ wait }) => wait),
    error: routing.errorRate,
    day: day.values.map((value) => (value * day.values.length) / day.values.reduce((a, b) => a + b)),
    slotsPerValue: day.slotsPerValue,
    factors: states.map(({ factor }) => factor / atRest),
    transitions: transitions.flat(),
    initial: states.findIndex(({ name }) => name === weather.initial),
    slotsPerStep: weather.slotsPerStep,
    battery: [battery.capacityJoules, battery.initialJoules, battery.chargeEfficiency, battery.dischargeEfficiency, battery.leakPerSlot],
    level,
    ...means(4e4, [1024, 2048, T], 'solar-site', '--set', `routing.policy=${policy}`),
  });
}
