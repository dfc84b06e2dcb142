/**
 * Sums of task energies and their probabilities: where k slots' consumption C_1 + … + C_k = a has an atom. On the
 * lattice that the energies share where they share one (Panjer's recursion), else the likeliest sums by enumeration.
 */
import type { DemandLaw } from '../../fleet/walk-law.js';
import { countOfKind } from '../../law/kind-counts.js';
import { consumptionReach } from '../../law/reach.js';
import { largestOf } from '../../numeric/extremes.js';
import type { CompoundIncrement } from '../increment.js';

/** Atoms of C_1 + … + C_k within an interval, ascending or not; equal sums may come more than once. */
export interface TaskSums {
  /** Least distance of two sums, joules; 0 where they have no lattice. */
  readonly spacing: number;
  /**
   * Calls `visit` with every atom from ≤ a ≤ to of probability `least` or more. Returns a bound on the probability of
   * those that were too many to be listed, 0 where none were.
   */
  visit(slots: number, from: number, to: number, least: number, visit: Visitor): number;
}

export type Visitor = (sum: number, probability: number) => void;

/** Sums that agree to this, relative, are one: energies are decimal numbers held in binary. */
export const TIE = 1e-12;
/** Probability beyond which no sums are looked for. */
const TINY = 1e-17;
/** Largest number of lattice points for one k, and of listed sums. */
const LARGEST_LATTICE = 4e6;
const LONGEST_LIST = 2e5;
/** Numbers that a walk's lattices may take all together, and its lists. */
const MOST_KEPT = 2e7;
const MOST_LISTED = 1e6;
/** Mean number of tasks up to which sums are listed. */
const MOST_TASKS = 200;

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

/** C_1 + … + C_k: dispersed counts of k slots are so of k times the rate. */
function demandOf({ rate, dispersion, energies, probabilities }: CompoundIncrement, slots: number): DemandLaw {
  return { ratePerSlot: slots * rate, dispersion, energiesJoules: energies, probabilities };
}

/** Sum that C_1 + … + C_k exceeds with next to no probability. */
function reach(law: CompoundIncrement, slots: number): number {
  return consumptionReach(demandOf(law, slots), -Math.log(TINY));
}

class LatticeSums implements TaskSums {
  readonly spacing: number;
  /** Probabilities by number of slots, as far as asked for. */
  private readonly known = new Map<number, Float64Array>();
  private readonly steps: Int32Array;
  private kept = 0;
  private readonly ends = new Map<number, number>();

  constructor(
    private readonly law: CompoundIncrement,
    private readonly span: number,
  ) {
    this.spacing = span;
    this.steps = Int32Array.from(law.energies, (e) => Math.round(e / span));
  }

  visit(slots: number, from: number, to: number, least: number, visit: Visitor): number {
    const end = this.ends.get(slots) ?? Math.ceil(reach(this.law, slots) / this.span);
    this.ends.set(slots, end);
    const first = Math.max(0, Math.ceil(from / this.span));
    const last = Math.min(end, Math.floor(to / this.span));
    if (last < first) return 0;
    if (last > LARGEST_LATTICE) return 1;
    const p = this.upTo(slots, last, end);
    if (p === undefined) return 1;
    for (let n = first; n <= last; n++) if (p[n] >= least) visit(n * this.span, p[n]);
    return 0;
  }

  /**
   * n p_n = kλ Σ_i (steps_i π_i) p_{n − steps_i}, and of dispersed counts n p_n = Σ_i (kλ/I + θ (n/steps_i − 1)) …
   * (Panjer's recursion), scaled on the way where P(no task) is out of range.
   */
  private upTo(slots: number, last: number, end: number): Float64Array | undefined {
    const known = this.known.get(slots);
    if (known !== undefined && known.length > last) return known;
    const { law, steps } = this;
    const size = Math.min(LARGEST_LATTICE, end, Math.max(1024, 2 * last)) + 1;
    this.kept += Math.max(size, last + 1) - (known?.length ?? 0);
    if (this.kept > MOST_KEPT) return undefined;
    const p = new Float64Array(Math.max(size, last + 1));
    const theta = 1 - 1 / law.dispersion;
    const each = (slots * law.rate) / law.dispersion - theta;
    const factor = Float64Array.from(law.probabilities, (share, i) => each * share * steps[i]);
    const again = theta === 0 ? undefined : law.probabilities.map((share) => theta * share);
    let log = slots * law.logSilence;
    let done = 0;
    const settle = (upTo: number): void => {
      const scale = Math.exp(log);
      for (; done < upTo; done++) p[done] *= scale;
    };
    p[0] = 1;
    for (let n = 1; n < p.length; n++) {
      let sum = 0;
      for (let i = 0; i < steps.length && steps[i] <= n; i++) sum += factor[i] * p[n - steps[i]];
      p[n] = sum / n;
      if (again !== undefined) {
        for (let i = 0; i < steps.length && steps[i] <= n; i++) p[n] += again[i] * p[n - steps[i]];
      }
      if (p[n] > 1e250) {
        // What no later point needs has its scale for good.
        settle(n - steps[steps.length - 1]);
        for (let i = done; i <= n; i++) p[i] *= 1e-250;
        log += 250 * Math.LN10;
      }
    }
    settle(p.length);
    this.known.set(slots, p);
    return p;
  }
}

/** Sums found, by bins of equal width in which they stand in no order. */
interface SumList {
  readonly sum: Float64Array;
  readonly probability: Float64Array;
  /** The i-th bin begins at start[i]; 1/width. */
  readonly start: Int32Array;
  readonly perJoule: number;
  readonly least: number;
  /** Probability of the sums of `least` or more that were too many to be listed. */
  readonly lost: number;
}

/** Sums of energies without a lattice, those of the likeliest numbers of tasks. */
class ListedSums implements TaskSums {
  readonly spacing = 0;
  private readonly known = new Map<number, SumList>();
  private readonly ends = new Map<number, number>();
  private listed = 0;

  constructor(private readonly law: CompoundIncrement) {}

  visit(slots: number, from: number, to: number, least: number, visit: Visitor): number {
    const end = this.ends.get(slots) ?? reach(this.law, slots);
    this.ends.set(slots, end);
    if (from > end) return 0;
    let list = this.known.get(slots);
    if (list === undefined || (list.lost === 0 && list.least > least)) {
      if (this.listed > MOST_LISTED || slots * this.law.rate > MOST_TASKS) return 1;
      list = this.list(slots, least, end);
      this.listed += list.sum.length;
      this.known.set(slots, list);
    }
    const { sum, probability, start, perJoule } = list;
    const bins = start.length - 1;
    const first = start[Math.min(bins, Math.max(0, Math.floor(from * perJoule)))];
    const last = start[Math.min(bins, Math.max(0, Math.floor(to * perJoule) + 1))];
    for (let i = first; i < last; i++) {
      if (sum[i] >= from && sum[i] <= to && probability[i] >= least) visit(sum[i], probability[i]);
    }
    return list.lost;
  }

  private list(slots: number, least: number, end: number): SumList {
    // Fewer are kept, the likeliest, where there are too many.
    for (let limit = least; ; limit *= 1000) {
      const found = this.enumerate(slots, limit, end);
      if (found === undefined) continue;
      const lost = limit === least ? 0 : 1 - found.probability.reduce((sum, p) => sum + p, 0);
      return { ...binned(found.sum, found.probability, end), least: limit, lost: Math.max(0, lost) };
    }
  }

  /** All with at least this probability; undefined where they are too many. */
  private enumerate(slots: number, least: number, end: number): { sum: number[]; probability: number[] } | undefined {
    const { rate, dispersion, probabilities, energies } = this.law;
    if (dispersion !== 1) return this.enumerateDispersed(slots, least, end);
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
      below *= largestOf(counts[i]);
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

  /** The same where counts of one kind go up with those of the others. */
  private enumerateDispersed(
    slots: number,
    least: number,
    end: number,
  ): { sum: number[]; probability: number[] } | undefined {
    const demand = demandOf(this.law, slots);
    const { energiesJoules: energies } = demand;
    const sum: number[] = [];
    const probability: number[] = [];
    const likeliest = likeliestRest(demand);
    const descend = (i: number, a: number, p: number, tasks: number): boolean => {
      if (i === energies.length) {
        sum.push(a);
        probability.push(p);
        return sum.length <= LONGEST_LIST;
      }
      const law = countOfKind(demand, i, tasks);
      let own = p * law.none;
      for (let n = 0; a + n * energies[i] <= end && (own >= least || n < law.mean); n++) {
        if (own * likeliest(i + 1, tasks + n) >= least && !descend(i + 1, a + n * energies[i], own, tasks + n))
          return false;
        own *= law.ratio(n + 1);
      }
      return true;
    };
    return descend(0, 0, 1, 0) ? { sum, probability } : undefined;
  }
}

/**
 * A bound of the probability of any counts of the kinds from i on, where so many tasks of those before have come: each
 * at its mode, which more tasks before make no likelier (a negative binomial law of r + 1 is one of r convolved).
 */
function likeliestRest(demand: DemandLaw): (i: number, tasks: number) => number {
  const known = new Map<number, Float64Array>();
  const kinds = demand.energiesJoules.length;
  return (i, tasks) => {
    let bounds = known.get(tasks);
    if (bounds === undefined) {
      bounds = new Float64Array(kinds + 1).fill(1);
      for (let k = kinds - 1; k >= 0; k--) {
        const law = countOfKind(demand, k, tasks);
        let most = law.none;
        for (let n = 1; law.ratio(n) > 1; n++) most *= law.ratio(n);
        bounds[k] = bounds[k + 1] * most;
      }
      known.set(tasks, bounds);
    }
    return bounds[i];
  };
}

/** Sorted into as many bins as there are sums. */
function binned(
  sums: readonly number[],
  probabilities: readonly number[],
  end: number,
): Pick<SumList, 'sum' | 'probability' | 'start' | 'perJoule'> {
  const bins = sums.length;
  const perJoule = (bins - 1) / end;
  const start = new Int32Array(bins + 1);
  for (const a of sums) start[Math.floor(a * perJoule) + 1]++;
  for (let i = 0; i < bins; i++) start[i + 1] += start[i];
  const next = start.slice();
  const sum = new Float64Array(bins);
  const probability = new Float64Array(bins);
  sums.forEach((a, i) => {
    const place = next[Math.floor(a * perJoule)]++;
    sum[place] = a;
    probability[place] = probabilities[i];
  });
  return { sum, probability, start, perJoule };
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
