/**
 * How often intervals hold the truth, by simulation: each kind of interval that the product states, on whole runs of
 * small scenarios whose truth is known exactly, one run a seed. `npm run coverage` writes docs/coverage.md from it.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { host } from '#host';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import type { Backend } from '../../src/engine/backend.js';
import { mergePartials } from '../../src/engine/partials.js';
import type { Partials } from '../../src/engine/partials.js';
import { prepareRun, prepareSite } from '../../src/study/plan.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { binomialAtMost } from '../../src/stats/binomial.js';
import type { Interval } from '../../src/stats/binomial.js';
import { addComparison, compareFamily, emptyComparison, sideRows } from '../../src/stats/comparison.js';
import { SequentialPrecision, parsePrecisionTarget } from '../../src/stats/precision.js';
import { planTails, simulateTail } from '../../src/stats/rare-tail.js';
import { reserveFromLaw } from '../../src/stats/reserve-law.js';
import { reserveFromPartials } from '../../src/stats/reserve.js';
import { summarize } from '../../src/stats/summary.js';
import { batteryLaw } from '../../src/theory/chain/battery-law.js';
import { siteChain } from '../../src/theory/chain/site-chain.js';
import { compoundIncrement } from '../../src/theory/compound-increment.js';
import { exactLaw } from '../../src/theory/exact/law.js';
import { exactMoments } from '../../src/theory/exact/moments.js';
import { runOn } from '../cli/sink.js';

/** One line of the table. */
export interface Coverage {
  readonly what: string;
  readonly size: string;
  readonly stated: number;
  /** Intervals that promise at least what is stated, being exact for any law or bounds, may cover more. */
  readonly atLeast: boolean;
  readonly seeds: number;
  readonly held: number;
}

/** How far a coverage may lie from what is stated. */
export const ALLOWED = 0.02;

/**
 * Whether a line says that an interval covers too little: fewer than the stated share less 2 % held, by more than
 * chance allows (a one-sided binomial test of `alpha` against that share).
 */
export function undercovers({ held, seeds, stated }: Coverage, alpha: number): boolean {
  return binomialAtMost(held, seeds, stated - ALLOWED) < alpha;
}

const SLOTS = 64;
const WALK = {
  schemaVersion: 1,
  name: 'small',
  arrivals: { ratePerSlot: 2 },
  tasks: [{ energyJoules: 1000, weight: 3 }, { energyJoules: 5000 }],
  harvest: { mean: { timesDemand: 1.05 }, variance: 'matched' },
};

class Counter {
  private readonly lines = new Map<
    string,
    { size: string; stated: number; atLeast: boolean; seeds: number; held: number }
  >();

  add(what: string, size: string, interval: Interval, truth: number, atLeast = false, stated = 0.95): void {
    this.count(what, size, interval.lower <= truth && truth <= interval.upper, atLeast, stated);
  }

  count(what: string, size: string, held: boolean, atLeast: boolean, stated = 0.95): void {
    const key = `${what}|${size}`;
    const line = this.lines.get(key) ?? { size, stated, atLeast, seeds: 0, held: 0 };
    line.seeds++;
    if (held) line.held++;
    this.lines.set(key, line);
  }

  result(): Coverage[] {
    return [...this.lines].map(([key, line]) => ({ what: key.split('|')[0], ...line }));
  }
}

/** The whole table, `seeds` seeds a line. */
export async function coverageTable(seeds: number, say: (text: string) => void = () => undefined): Promise<Coverage[]> {
  const backend = createCpuBackend(host, 2);
  const counter = new Counter();
  try {
    for (const [name, part] of [
      ['summaries', summaries],
      ['reserves', reserves],
      ['until', until],
      ['tails', tails],
      ['comparisons', comparisons],
      ['designs', designs],
    ] as const) {
      const start = performance.now();
      await part(counter, backend, seeds);
      say(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
    }
  } finally {
    await backend.release();
  }
  return counter.result();
}

const scenario = parseScenario(WALK);
const increment = compoundIncrement(resolveScenario(scenario).walk);

async function walked(
  backend: Backend,
  seeds: number,
  trials: number,
  use: (run: Partials, quantum: number) => void,
): Promise<void> {
  const { law } = prepareRun(resolveScenario(scenario), { trials, horizons: [SLOTS], seed: '' });
  for (let s = 0; s < seeds; s++) {
    const { job } = prepareRun(resolveScenario(scenario), { trials, horizons: [SLOTS], seed: `coverage ${s}` });
    use(await backend.run(job), law.quantumJoules);
  }
}

async function summaries(counter: Counter, backend: Backend, seeds: number): Promise<void> {
  const law = exactLaw(increment, SLOTS);
  const [moments] = exactMoments(increment, [SLOTS]);
  for (const trials of [200, 2000]) {
    const size = `${trials} paths`;
    await walked(backend, seeds, trials, (run, quantum) => {
      const [h] = summarize(run, quantum).horizons;
      counter.add('mean', size, h.meanInterval, moments.mean);
      counter.add('SD', size, h.standardDeviationInterval, moments.standardDeviation);
      counter.add('P(D = 0)', size, h.probabilityZeroInterval, moments.probabilityZero, true);
      for (const { probability, interval } of h.quantiles) {
        counter.add(`quantile ${probability}`, size, interval, law.quantile(probability), true);
      }
    });
  }
}

async function reserves(counter: Counter, backend: Backend, seeds: number): Promise<void> {
  const trials = 1000;
  const risks = [0.01, 0.05, 0.2];
  const law = exactLaw(increment, SLOTS);
  const truth = reserveFromLaw(law, risks);
  await walked(backend, seeds, trials, (run, quantum) => {
    reserveFromPartials(run.horizons[0], quantum, risks).forEach((own, i) => {
      const size = `${trials} paths, ${trials * own.risk} beyond`;
      counter.add('reserve', size, own.interval, truth[i].charge, true);
      counter.count('safe charge', size, own.safeCharge >= truth[i].charge, true);
      counter.add('mean excess', size, own.meanExcessInterval, truth[i].meanExcess, true);
      counter.add('CVaR', size, own.conditionalValueAtRiskInterval, truth[i].conditionalValueAtRisk);
    });
  });
}

async function until(counter: Counter, backend: Backend, seeds: number): Promise<void> {
  const [{ mean }] = exactMoments(increment, [SLOTS]);
  const quantile = exactLaw(increment, SLOTS).quantile(0.9);
  const { law } = prepareRun(resolveScenario(scenario), { trials: 1, horizons: [SLOTS], seed: '' });
  for (const [target, truth] of [
    ['mean:4%', mean],
    ['q0.9:4%', quantile],
  ] as const) {
    for (let s = 0; s < seeds; s++) {
      const rule = new SequentialPrecision(parsePrecisionTarget(target), { firstTrials: 300 });
      let run: Partials | undefined;
      let done = 0;
      for (let next = rule.nextTrials; next !== undefined; next = rule.nextTrials) {
        const request = { trials: next - done, firstPath: done, horizons: [SLOTS], seed: `until ${s}` };
        const { job } = prepareRun(resolveScenario(scenario), request);
        const more = await backend.run(job);
        run = run === undefined ? more : mergePartials(run, more);
        done = next;
        const look = rule.look(run.horizons[0], law.quantumJoules);
        if (look.met) counter.add(`--until ${target}`, 'looks as they come', look.interval, truth, true);
      }
    }
  }
}

async function tails(counter: Counter, backend: Backend, seeds: number): Promise<void> {
  const surplus = resolveScenario(
    parseScenario({ ...WALK, harvest: { mean: { timesDemand: 1.2 }, variance: 'matched' } }),
  ).walk;
  const law = exactLaw(compoundIncrement(surplus), SLOTS);
  const plans = planTails(surplus, [60_000, 120_000], SLOTS);
  for (const plan of plans) {
    const truth = law.survival(plan.deficitJoules);
    for (let s = 0; s < seeds; s++) {
      const tail = await simulateTail(plan, backend, { trials: 1000, seed: `tail ${s}` });
      if (tail !== undefined) counter.add(`tail, P = ${truth.toExponential(1)}`, '1000 paths', tail.interval, truth);
    }
  }
}

/** Two batteries on common draws, whose means are known from the chain. */
async function comparisons(counter: Counter, backend: Backend, seeds: number): Promise<void> {
  const trials = 400;
  const sides = [20_000, 40_000].map((capacityJoules) => {
    const site = parseScenario({ ...WALK, battery: { capacityJoules, initialJoules: 10_000, chargeEfficiency: 0.9 } });
    const chain = siteChain(resolveScenario(site).site);
    if (typeof chain === 'string') throw new Error(chain);
    const [exact] = batteryLaw(chain, [SLOTS]);
    const { auxiliary, waste, deficitSlots, level } = exact;
    const truth = {
      auxiliary: auxiliary.value,
      waste: waste.value,
      deficitSlots: deficitSlots.value,
      level: level.mean.value,
    };
    return { site, truth };
  });
  const known = ['auxiliary', 'waste', 'deficitSlots', 'level'] as const;
  for (let s = 0; s < seeds; s++) {
    const request = { trials, horizons: [SLOTS], seed: `compare ${s}` };
    const prepared = sides.map(({ site }) => prepareSite(resolveScenario(site), request));
    const values = [];
    for (const { job } of prepared) values.push(await backend.deficits(job));
    const [first, other] = prepared.map(({ law }) => ({ ...law, slotSeconds: 1 }));
    const [a, b] = values.map((own) => sideRows(own, 1, trials, 0));
    const sums = addComparison(emptyComparison(first, other), a, b);
    const difference = (name: (typeof known)[number]): number => sides[1].truth[name] - sides[0].truth[name];
    // A family of one interval at 0.95 …
    const [alone] = compareFamily([sums], 0.05 * (sums.totals.length + sums.ratios.length));
    for (const name of known) {
      const own = alone.find(({ quantity }) => quantity === name);
      if (own !== undefined) counter.add(`compare, ${name}`, `${trials} pairs`, own.interval, difference(name));
    }
    // … and all at once.
    const [family] = compareFamily([sums], 0.05);
    const held = known.every((name) => {
      const own = family.find(({ quantity }) => quantity === name);
      return own !== undefined && own.interval.lower <= difference(name) && difference(name) <= own.interval.upper;
    });
    counter.count('compare, all four at once', `${trials} pairs`, held, true);
  }
}

async function designs(counter: Counter, _: Backend, seeds: number): Promise<void> {
  const risk = 0.05;
  const truth = reserveFromLaw(exactLaw(increment, SLOTS), [risk])[0].charge;
  const folder = mkdtempSync(join(tmpdir(), 'batterywalk-coverage-'));
  const path = join(folder, 'small.json');
  writeFileSync(path, JSON.stringify({ ...WALK, battery: { initialJoules: 60_000 } }));
  try {
    for (let s = 0; s < seeds; s++) {
      const argv = ['design', path, '--risk', String(risk), '--vary', 'battery.initialJoules', '--trials', '1000'];
      const { status, stdout } = await runOn([
        ...argv,
        ...['--slots', String(SLOTS), '--seed', `design ${s}`, '--backend', 'cpu', '--json', '--quiet'],
      ]);
      if (status !== 0) throw new Error(`design ended with ${status}`);
      const { fails, meets } = JSON.parse(stdout) as { fails: number | null; meets: number | null };
      const interval = { lower: fails ?? -Infinity, upper: meets ?? Infinity };
      counter.add('design', '1000 paths a point', interval, truth, true);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
