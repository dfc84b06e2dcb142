/** Claimed against true errors of batteries of constants that no lattice holds. */
import { auxiliaryLaw, transformed } from '../../src/theory/chain/auxiliary-law.js';
import { batteryLaw } from '../../src/theory/chain/battery-law.js';
import { atMost, enumerated, looseModel } from './own-constants.js';
import type { Truth } from './own-constants.js';

const SLOTS = [1, 2, 3];
/** Joules that a path may lack or waste of what the list of states leaves out. */
const LARGEST = 300;

/** A number's true error, without what the truth leaves out, and the claimed one. */
export interface Compared {
  readonly what: string;
  readonly off: number;
  readonly claimed: number;
}

/** The one that is off by most of what it claims. */
export function worstOf(all: readonly Compared[]): Compared {
  return all.reduce((a, b) => (b.off / b.claimed > a.off / a.claimed ? b : a));
}

/** Values at which laws are read: the heaviest atoms, right beside them and between. */
function placesOf(atoms: Truth['levels']): number[] {
  const heavy = [...atoms].sort((a, b) => b[1] - a[1]).slice(0, 4);
  return heavy.flatMap(([v]) => [v, v + 1e-4, v + 0.3]).concat([1, 3, 7.1]);
}

/** Chances, means and laws of levels of battery number `index`. */
export function claimsOfLevels(index: number): Compared[] {
  const model = looseModel(index);
  const laws = batteryLaw(model, SLOTS);
  const all: Compared[] = [];
  enumerated(model, SLOTS).forEach((truth, h) => {
    const { level, ...law } = laws[h];
    const compare = (what: string, value: number, claimed: number, right: number, most: number): void => {
      const beyond = Math.abs(value - right) - truth.left * most - 1e-11 * Math.max(1, right);
      all.push({
        what: `${what} of battery ${index} at ${truth.slots}: ${value} ± ${claimed} for ${right}`,
        off: Math.max(0, beyond),
        claimed: claimed + 1e-300,
      });
    };
    compare('P(empty)', level.probabilityEmpty.value, level.probabilityEmpty.error, truth.empty, 1);
    compare('P(full)', level.probabilityFull.value, level.probabilityFull.error, truth.full, 1);
    compare('P(A = 0)', law.probabilityZero.value, law.probabilityZero.error, truth.never, 1);
    compare('deficit slots', law.deficitSlots.value, law.deficitSlots.error, truth.lacking, truth.slots);
    compare('E[A]', law.auxiliary.value, law.auxiliary.error, truth.auxiliary, LARGEST);
    compare('waste', law.waste.value, law.waste.error, truth.waste, LARGEST);
    compare('E[B]', level.mean.value, level.mean.error, truth.meanLevel, LARGEST);
    const deviation = law.auxiliaryDeviation;
    compare('SD', deviation.value, deviation.error, truth.deviation, LARGEST ** 2 / Math.max(0.01, truth.deviation));
    for (const v of placesOf(truth.levels)) {
      if (v >= model.battery.capacityJoules) continue;
      compare(`P(B ≤ ${v})`, level.cdf(v), level.cdfErrorAt(v), atMost(truth.levels, v), 1);
    }
  });
  return all;
}

/** The law of A, state by state and by transforms. */
export function claimsOfTotals(index: number): { readonly listed: Compared[]; readonly transforms: Compared[] } {
  const model = looseModel(index);
  const isLimited = model.battery.capacityJoules < Infinity;
  const listed: Compared[] = [];
  const transforms: Compared[] = [];
  const laws = [
    { all: listed, of: auxiliaryLaw(model, SLOTS) },
    ...(isLimited ? [{ all: transforms, of: transformed(model, SLOTS) }] : []),
  ];
  enumerated(model, SLOTS).forEach((truth, h) => {
    for (const { all, of } of laws) {
      const { probabilityZero: zero, ...law } = of[h];
      const compare = (what: string, value: number, claimed: number, right: number): void => {
        const off = Math.max(0, Math.abs(value - right) - truth.left - 1e-11);
        all.push({
          what: `${what} of battery ${index} at ${truth.slots}: ${value} ± ${claimed} for ${right}`,
          off,
          claimed,
        });
      };
      compare('P(A = 0)', zero.value, zero.error, truth.never);
      for (const a of placesOf(truth.totals)) {
        compare(`P(A ≤ ${a})`, law.cdf(a), law.cdfErrorAt(a), atMost(truth.totals, a));
      }
    }
  });
  return { listed, transforms };
}
