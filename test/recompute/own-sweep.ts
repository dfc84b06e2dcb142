/** Rows of a sweep's results, from the integers of each point, which is run here again by itself. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { host } from '#host';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { partialsToJson } from '../../src/engine/partials-codec.js';
import type { PartialsJson } from '../../src/engine/partials-codec.js';
import { prepareRun, prepareSite } from '../../src/study/plan.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { compoundIncrement } from '../../src/theory/compound-increment.js';
import { exactLaw } from '../../src/theory/exact/law.js';
import { asked } from './exemptions.js';
import { ownStatistics } from './own-statistics.js';
import type { OwnStatistics } from './own-statistics.js';

/** What stands in a row beside its point. */
export interface OwnRow {
  readonly slots: number;
  readonly metric: string;
  readonly level: number | null;
  readonly estimate: number;
  readonly standardError: number | null;
  readonly lower: number;
  readonly upper: number;
  readonly exact: number | null;
}

export interface OwnRun {
  readonly trials: number;
  readonly horizons: readonly number[];
  readonly risks: readonly number[];
}

const SEED = 'recompute';
const QUANTILES = [0.1, 0.5, 0.9, 0.99];
/** Means of a site's rows; places of the rows in partials.json. */
const SITE_MEANS: readonly (readonly [metric: string, row: number, unit: 'joules' | 'level' | 'one'])[] = [
  ['meanWaste', 2, 'joules'],
  ['meanPeak', 1, 'joules'],
  ['meanDeficitSlots', 3, 'one'],
  ['meanCharge', 5, 'level'],
  ['meanConsumption', 6, 'joules'],
  ['meanWaitedSlots', 8, 'one'],
  ['meanUndoneTasks', 11, 'one'],
  ['meanUndoneEnergy', 12, 'joules'],
];

async function integersOf(job: Parameters<ReturnType<typeof createCpuBackend>['run']>[0]): Promise<PartialsJson> {
  const backend = createCpuBackend(host, 1);
  try {
    return asked('paths', partialsToJson(await backend.run(job)));
  } finally {
    await backend.release();
  }
}

/** Rows of a point that is a site, without exact values. */
export async function siteRows(document: object, run: OwnRun): Promise<OwnRow[]> {
  const { horizons } = run;
  const { job, law } = prepareSite(resolveScenario(parseScenario(document)), { ...run, seed: SEED });
  const { horizons: rows } = await integersOf(job);
  const units = { joules: law.quantumJoules, level: law.levelJoules, one: 1 };
  return horizons.flatMap((slots, h) => {
    const of = (row: number, unit: keyof typeof units): OwnStatistics =>
      ownStatistics(rows[row * horizons.length + h], units[unit]);
    const means = SITE_MEANS.map(([metric, row, unit]) => meanRow(metric, of(row, unit)));
    return [...deficitRows(of(0, 'joules')), ...means].map((row) => ({ ...row, slots, exact: null }));
  });
}

/** Rows of a point that is a walk, with what the exact law says of each. */
export async function walkRows(document: object, run: OwnRun): Promise<OwnRow[]> {
  const { horizons, risks } = run;
  const scenario = parseScenario(document);
  const { job, law } = prepareRun(resolveScenario(scenario), { ...run, seed: SEED });
  const { horizons: rows } = await integersOf(job);
  const increment = compoundIncrement(resolveScenario(scenario).walk);
  return horizons.flatMap((slots, h) => {
    const own = ownStatistics(rows[h], law.quantumJoules);
    const exact = exactOf(asked('laws of a walk', exactLaw(increment, slots)), scenario.battery.initialJoules);
    const reserves = risks.flatMap((risk): Row[] => {
      const charge = own.quantile(1 - risk);
      const [lower, upper] = own.quantileInterval(1 - risk);
      const { mean, standardError, interval } = own.excess(charge);
      const [low, high] = interval;
      const tail = { estimate: charge + mean / risk, standardError: standardError / risk };
      return [
        { metric: 'reserve', level: risk, estimate: charge, standardError: null, lower, upper },
        { metric: 'meanExcess', level: risk, estimate: mean, standardError, lower: low, upper: high },
        // The charge moves with the mean beyond it: an interval of their sum is the mean excess's, over the risk.
        {
          ...{ metric: 'conditionalValueAtRisk', level: risk, ...tail },
          ...{ lower: charge + low / risk, upper: charge + high / risk },
        },
      ];
    });
    return [...deficitRows(own), ...reserves].map((row) => ({
      ...{ ...row, slots },
      exact: exact(row.metric, row.level, own),
    }));
  });
}

type Row = Omit<OwnRow, 'slots' | 'exact'>;

function meanRow(metric: string, { mean, standardError, meanInterval: [lower, upper] }: OwnStatistics): Row {
  return { metric, level: null, estimate: mean, standardError, lower, upper };
}

function deficitRows(own: OwnStatistics): Row[] {
  const { standardDeviation, standardDeviationInterval, zero, zeroInterval, trials } = own;
  return [
    meanRow('meanDeficit', own),
    {
      ...{ metric: 'standardDeviation', level: null, estimate: standardDeviation },
      ...{ standardError: own.standardDeviationError },
      ...{ lower: standardDeviationInterval[0], upper: standardDeviationInterval[1] },
    },
    {
      ...{ metric: 'probabilityZero', level: null, estimate: zero },
      ...{ standardError: Math.sqrt((zero * (1 - zero)) / trials), lower: zeroInterval[0], upper: zeroInterval[1] },
    },
    ...QUANTILES.map((p): Row => {
      const [lower, upper] = own.quantileInterval(p);
      return { metric: 'quantile', level: p, estimate: own.quantile(p), standardError: null, lower, upper };
    }),
  ];
}

/** Least panels of an integral, and the rule of Gauss and Legendre in each (Abramowitz and Stegun, table 25.4). */
const PANELS = 12;
const NODES = [
  [0, 0.568888888888889],
  [0.538469310105683, 0.478628670499366],
  [-0.538469310105683, 0.478628670499366],
  [0.906179845938664, 0.236926885056189],
  [-0.906179845938664, 0.236926885056189],
] as const;

/** Values by the law of D alone, by integrals of its survival: of (D − b)⁺ with the charge b of the start. */
function exactOf(law: ReturnType<typeof exactLaw>, charge: number) {
  const quantile = (p: number): number => law.quantile(p);
  // Beyond this nothing is left that could be seen.
  const end = quantile(1 - 1e-9);
  /** ∫ P(D > x) dx and ∫ (x − from) P(D > x) dx from a deficit on. */
  const integrals = (from: number, width = (end - from) / PANELS): [number, number] => {
    let [plain, linear] = [0, 0];
    for (let start = from; start < end; start += width) {
      for (const [at, weight] of NODES) {
        const x = start + ((1 + at) * width) / 2;
        const part = (weight * law.survival(x) * width) / 2;
        plain += part;
        linear += (x - from) * part;
      }
    }
    return [plain, linear];
  };
  const beyond = (from: number): number => integrals(from)[0];
  // From the charge on the law bends at whole kilojoules, which tasks and charges are.
  const [mean, half] = integrals(charge, 1000);
  return (metric: string, level: number | null, own: OwnStatistics): number => {
    const least = level === null ? 0 : Math.max(0, quantile(1 - level) - charge);
    switch (metric) {
      case 'meanDeficit':
        return mean;
      case 'standardDeviation':
        return Math.sqrt(2 * half - mean ** 2);
      case 'probabilityZero':
        return 1 - law.survival(charge);
      case 'quantile':
        return Math.max(0, quantile(level ?? NaN) - charge);
      case 'reserve':
        return least;
      case 'meanExcess':
        // At the charge that the run came to.
        return beyond(charge + own.quantile(1 - (level ?? NaN)));
      default:
        return least + beyond(charge + least) / (level ?? NaN);
    }
  };
}
