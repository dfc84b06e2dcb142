/** What a design search should say of the values that it looked at, from the paths that fail at each of them. */
import { atMost, exactInterval } from './own-statistics.js';
import { covarianceOf, critical } from './own-differences.js';

/** A value that was looked at, and what its paths did. */
export interface OwnLook {
  readonly x: number;
  readonly failures: number;
  readonly trials: number;
  readonly interval: readonly [number, number];
  readonly verdict: string;
}

export interface OwnDesign {
  readonly looks: readonly OwnLook[];
  readonly meets: OwnLook;
  readonly fails: OwnLook;
  readonly estimate: number;
}

export interface Asked {
  readonly risk: number;
  /** Most paths of a look. */
  readonly trials: number;
  /** 1 where a path fails. @returns of the first paths */
  readonly failing: (x: number, trials: number) => readonly number[];
}

const CONFIDENCE = 0.95;

/** Paths of each stage, and the chance on either side of being wrong there: half for the last, half for all before. */
function stagesOf({ risk, trials }: Asked): (readonly [trials: number, tail: number])[] {
  const numbers: number[] = [];
  for (let n = Math.ceil(10 / risk); n < trials; n *= 4) numbers.push(n);
  const half = (1 - CONFIDENCE) / 4;
  return [...numbers.map((n) => [n, half / numbers.length] as const), [trials, half]];
}

/** @param looked values and their numbers of paths, in the order of the search for a smallest value */
export function ownDesign(looked: readonly { readonly x: number; readonly trials: number }[], asked: Asked): OwnDesign {
  const { risk } = asked;
  const stages = new Map(stagesOf(asked));
  const looks = looked.map(({ x, trials }): OwnLook => {
    const tail = stages.get(trials);
    if (tail === undefined) throw new Error(`no look has ${trials} paths`);
    const failures = sumOf(asked.failing(x, trials));
    const isMet = atMost(failures, trials, risk) <= tail;
    const isMissed = 1 - atMost(failures - 1, trials, risk) <= tail;
    return {
      ...{ x, failures, trials, interval: exactInterval(failures, trials, tail) },
      verdict: isMet ? 'meets' : isMissed ? 'fails' : 'open',
    };
  });
  const meets = looks.filter(({ verdict }) => verdict === 'meets').reduce((a, b) => (b.x < a.x ? b : a));
  const fails = looks.filter(({ verdict }) => verdict === 'fails').reduce((a, b) => (b.x > a.x ? b : a));
  return { looks, meets, fails, estimate: estimated(looks, [fails.x, meets.x], risk) };
}

const sumOf = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0);
const probit = (p: number): number => (p <= 0.5 ? -critical(2 * p) : critical(2 * (1 - p)));

/**
 * Where the risk is the target's, on a line of normal quantiles against the logarithm of the value: through the look
 * with the most paths nearest to the target, with a slope by least squares over all looks.
 */
function estimated(looks: readonly OwnLook[], [from, to]: readonly [number, number], risk: number): number {
  const most = Math.max(...looks.map(({ trials }) => trials));
  const points = looks
    .filter(({ failures, trials }) => failures > 0 && failures < trials)
    .map(({ x, failures, trials }) => {
      const seen = (failures + 0.5) / (trials + 1);
      const z = probit(seen);
      const density = Math.exp(-z * z * 0.5) / Math.sqrt(2 * Math.PI);
      const part = Math.log(x / from) / Math.log(to / from);
      return { part, z, seen, density, trials, error: Math.sqrt((seen * (1 - seen)) / trials) / density };
    });
  const distance = ({ z }: { readonly z: number }): number => Math.abs(z - probit(risk));
  const anchor = [...points].sort((a, b) => b.trials - a.trials || distance(a) - distance(b))[0];
  let [moment, square] = [0, 0];
  for (const { part, z, seen, density, trials, error } of points) {
    const [along, rise] = [part - anchor.part, z - anchor.z];
    // Of common paths only those that fail at one of the two make a difference.
    const common = Math.sqrt(Math.max(Math.abs(seen - anchor.seen), 1 / most) / most);
    const deviation =
      trials === most ? common / Math.min(density, anchor.density) : Math.sqrt(error ** 2 + anchor.error ** 2);
    const weight = Math.exp(-2 * rise ** 2) / deviation ** 2;
    moment += weight * along * rise;
    square += weight * along ** 2;
  }
  const part = anchor.part + ((probit(risk) - anchor.z) * square) / moment;
  return from * (to / from) ** part;
}

export interface OwnNeighbours {
  readonly worse: number;
  readonly better: number;
  readonly paths: number;
  readonly failuresAtWorse: number;
  readonly failuresAtBetter: number;
  readonly violations: number;
  readonly violationShare: number;
  readonly correlation: number;
  readonly varianceReduction: number;
}

/** The answer and the nearest value below it that was looked at, on the answer's paths. */
export function ownNeighbours({ looks, meets }: OwnDesign, { failing }: Asked): OwnNeighbours {
  const worse = Math.max(...looks.map(({ x }) => x).filter((x) => x < meets.x));
  const [a, b] = [worse, meets.x].map((x) => failing(x, meets.trials));
  const violations = b.filter((fails, i) => fails > a[i]).length;
  const [varianceA, varianceB, common] = [covarianceOf(a, a), covarianceOf(b, b), covarianceOf(a, b)];
  return {
    ...{ worse, better: meets.x, paths: meets.trials, failuresAtWorse: sumOf(a), failuresAtBetter: sumOf(b) },
    ...{ violations, violationShare: violations / sumOf(b) },
    correlation: common / Math.sqrt(varianceA * varianceB),
    varianceReduction: (varianceA + varianceB) / (varianceA + varianceB - 2 * common),
  };
}
