/**
 * Sums of task energies and their probabilities: where k slots' consumption C_1 + … + C_k = a has an atom. On the
 * lattice that the energies share where they share one (Panjer's recursion), else the likeliest sums by enumeration.
 */
import type { CompoundIncrement } from '../increment.js';

/** Atoms of C_1 + … + C_k within an interval, ascending or not; equal sums may come more than once. */
export interface TaskSums {
  /** Whether the sums lie close, without a lattice. */
  readonly dense: boolean;
  /**
   * Calls `visit` with every atom from ≤ a ≤ to of probability `least` or more. False where they were too many to be
   * listed.
   */
  visit(slots: number, from: number, to: number, least: number, visit: Visitor): boolean;
}

export type Visitor = (sum: number, probability: number) => void;

/** Sums that agree to this, relative, are one: energies are decimal numbers held in binary. */
export const TIE = 1e-12;
/** Probability beyond which no sums are looked for. */
const TINY = 1e-17;
/** Largest number of lattice points for one k, and of listed sums. */
const LARGEST_LATTICE = 4e6;
const LONGEST_LIST = 2e5;
/** Numbers that a walk's lattices may take all together. */
const MOST_KEPT = 2e7;

export function taskSums(law: CompoundIncrement): TaskSums {
  const span = commonSpan(law.energies);
  return span === undefined ? new ListedSums(law) : new LatticeSums(law, span);
}

/** The largest q of which all energies are whole multiples, to `TIE`; undefined where there is none of any use. */
function commonSpan(energies: Float64Array): number | undefined {
  const largest = energies[energies.length - 1];
  let q = energies[0];
  for (const e of energies) {
    let [a, b] = [e, q];
    // Euclid's algorithm on numbers with errors: a rest below the errors' reach is none.
    while (b > 1e-9 * energies[0]) [a, b] = [b, Math.abs(a - b * Math.round(a / b))];
    q = a;
    if (largest / q > LARGEST_LATTICE) return undefined;
  }
  // Set right by the largest energy, whose relative error is the least.
  q = largest / Math.round(largest / q);
  return energies.every((e) => Math.abs(e - q * Math.round(e / q)) <= TIE * e) ? q : undefined;
}

/** Sum that C_1 + … + C_k exceeds with probability `least` at most: Chernoff's bound at its best tilt. */
function reach(law: CompoundIncrement, slots: number, least: number): number {
  const { energies, probabilities } = law;
  const bound = (x: number): number => {
    let sum = 0;
    for (let j = 0; j < energies.length; j++) sum += probabilities[j] * Math.expm1(x * energies[j]);
    return (slots * law.rate * sum - Math.log(least)) / x;
  };
  let best = Infinity;
  for (let x = 200 / energies[0]; x > 1e-9 / energies[energies.length - 1]; x *= 0.7) best = Math.min(best, bound(x));
  return best;
}

class LatticeSums implements TaskSums {
  readonly dense = false;
  /** Probabilities by number of slots, as far as asked for. */
  private readonly known = new Map<number, Float64Array>();
  private readonly steps: Int32Array;
  private kept = 0;
  private readonly ends = new Map<number, number>();

  constructor(
    private readonly law: CompoundIncrement,
    private readonly span: number,
  ) {
    this.steps = Int32Array.from(law.energies, (e) => Math.round(e / span));
  }

  visit(slots: number, from: number, to: number, least: number, visit: Visitor): boolean {
    const end = this.ends.get(slots) ?? Math.ceil(reach(this.law, slots, TINY) / this.span);
    this.ends.set(slots, end);
    const first = Math.max(0, Math.ceil(from / this.span));
    const last = Math.min(end, Math.floor(to / this.span));
    if (last < first) return true;
    if (last > LARGEST_LATTICE) return false;
    const p = this.upTo(slots, last, end);
    if (p === undefined) return false;
    for (let n = first; n <= last; n++) if (p[n] >= least) visit(n * this.span, p[n]);
    return true;
  }

  /** n p_n = kλ Σ_i (steps_i π_i) p_{n − steps_i}, scaled on the way where e^(−kλ) is out of range. */
  private upTo(slots: number, last: number, end: number): Float64Array | undefined {
    const known = this.known.get(slots);
    if (known !== undefined && known.length > last) return known;
    const { law, steps } = this;
    const size = Math.min(LARGEST_LATTICE, end, Math.max(1024, 2 * last)) + 1;
    this.kept += Math.max(size, last + 1) - (known?.length ?? 0);
    if (this.kept > MOST_KEPT) return undefined;
    const p = new Float64Array(Math.max(size, last + 1));
    const factor = Float64Array.from(law.probabilities, (share, i) => slots * law.rate * share * steps[i]);
    let log = -slots * law.rate;
    p[0] = 1;
    for (let n = 1; n < p.length; n++) {
      let sum = 0;
      for (let i = 0; i < steps.length && steps[i] <= n; i++) sum += factor[i] * p[n - steps[i]];
      p[n] = sum / n;
      if (p[n] > 1e250) {
        for (let i = 0; i <= n; i++) p[i] *= 1e-250;
        log += 250 * Math.LN10;
      }
    }
    const scale = Math.exp(log);
    for (let n = 0; n < p.length; n++) p[n] *= scale;
    this.known.set(slots, p);
    return p;
  }
}

/** Sums found, ascending, with all of probability `least` or more among them if `whole`. */
interface SumList {
  readonly sum: Float64Array;
  readonly probability: Float64Array;
  readonly least: number;
  readonly whole: boolean;
}

/** Sums of energies without a lattice, those of the likeliest numbers of tasks. */
class ListedSums implements TaskSums {
  readonly dense = true;
  private readonly known = new Map<number, SumList>();
  private readonly ends = new Map<number, number>();

  constructor(private readonly law: CompoundIncrement) {}

  visit(slots: number, from: number, to: number, least: number, visit: Visitor): boolean {
    const end = this.ends.get(slots) ?? reach(this.law, slots, TINY);
    this.ends.set(slots, end);
    if (from > end) return true;
    let list = this.known.get(slots);
    if (list === undefined || (list.whole && list.least > least)) {
      list = this.list(slots, least, end);
      this.known.set(slots, list);
    }
    const { sum, probability } = list;
    let low = 0;
    let high = sum.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sum[middle] < from) low = middle + 1;
      else high = middle;
    }
    for (; low < sum.length && sum[low] <= to; low++) if (probability[low] >= least) visit(sum[low], probability[low]);
    return list.whole;
  }

  private list(slots: number, least: number, end: number): SumList {
    // Fewer are kept, the likeliest, where there are too many.
    for (let limit = least; ; limit *= 1000) {
      const found = this.enumerate(slots, limit, end);
      if (found === undefined) continue;
      const order = Int32Array.from(found.sum.keys()).sort((a, b) => found.sum[a] - found.sum[b]);
      return {
        sum: Float64Array.from(order, (i) => found.sum[i]),
        probability: Float64Array.from(order, (i) => found.probability[i]),
        least: limit,
        whole: limit === least,
      };
    }
  }

  /** All with at least this probability; undefined where they are too many. */
  private enumerate(slots: number, least: number, end: number): { sum: number[]; probability: number[] } | undefined {
    const { rate, probabilities, energies } = this.law;
    const kinds = energies.length;
    const sum: number[] = [];
    const probability: number[] = [];
    // By kind the probabilities of its numbers of tasks, and the most that the kinds before it can leave of a
    // probability.
    const counts = Array.from(probabilities, (share) => poissonLaw(slots * rate * share, least));
    const rest = new Float64Array(kinds);
    let below = 1;
    for (let i = 0; i < kinds; i++) {
      rest[i] = below;
      below *= Math.max(...counts[i]);
    }
    const descend = (i: number, a: number, p: number): boolean => {
      if (i < 0) {
        sum.push(a);
        probability.push(p);
        return sum.length <= LONGEST_LIST;
      }
      for (let n = 0; n < counts[i].length && a + n * energies[i] <= end; n++) {
        const own = p * counts[i][n];
        if (own * rest[i] >= least && !descend(i - 1, a + n * energies[i], own)) return false;
      }
      return true;
    };
    // Heaviest first: the sum's end cuts most there.
    return descend(kinds - 1, 0, 1) ? { sum, probability } : undefined;
  }
}

/** Poisson probabilities from 0 as far as they reach `least`. */
function poissonLaw(mean: number, least: number): Float64Array {
  const out: number[] = [];
  let log = -mean;
  for (let n = 0; n < mean || log >= Math.log(least); n++) {
    out.push(Math.exp(log));
    log += Math.log(mean / (n + 1));
  }
  return Float64Array.from(out);
}
