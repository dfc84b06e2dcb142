/**
 * Sums of task energies and their probabilities: where k slots' consumption C_1 + … + C_k = a has an atom. On the lattice that the energies share
 * where they share one (Panjer's recursion), else the likeliest sums by enumeration.
 */
import type { CompoundIncrement } from '../increment.js';

/** Atoms of C_1 + … + C_k within an interval, ascending or not; equal sums may come more than once. */
export interface TaskSums {
  /** Calls `visit` with every atom from ≤ a ≤ to and its probability. False where some were too many to be listed. */
  visit(slots: number, from: number, to: number, visit: (sum: number, probability: number) => void): boolean;
}

/** Sums that agree to this, relative, are one: energies are decimal numbers held in binary. */
export const TIE = 1e-12;
/** Probabilities below this count for nothing. */
const TINY = 1e-16;
/** Largest number of lattice points for one k, and of listed sums. */
const LARGEST_LATTICE = 4e6;
const LONGEST_LIST = 2e5;

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

/** Sum that C_1 + … + C_k exceeds with probability TINY at most: Chernoff's bound at its best tilt. */
function reach(law: CompoundIncrement, slots: number): number {
  const { energies, probabilities } = law;
  const bound = (x: number): number => {
    let sum = 0;
    for (let j = 0; j < energies.length; j++) sum += probabilities[j] * Math.expm1(x * energies[j]);
    return (slots * law.rate * sum - Math.log(TINY)) / x;
  };
  let best = Infinity;
  for (let x = 200 / energies[0]; x > 1e-9 / energies[energies.length - 1]; x *= 0.7) best = Math.min(best, bound(x));
  return best;
}

class LatticeSums implements TaskSums {
  /** Probabilities by number of slots, as far as asked for. */
  private readonly known = new Map<number, Float64Array>();
  private readonly steps: Int32Array;
  private readonly ends = new Map<number, number>();

  constructor(
    private readonly law: CompoundIncrement,
    private readonly span: number,
  ) {
    this.steps = Int32Array.from(law.energies, (e) => Math.round(e / span));
  }

  visit(slots: number, from: number, to: number, visit: (sum: number, probability: number) => void): boolean {
    const end = this.ends.get(slots) ?? Math.ceil(reach(this.law, slots) / this.span);
    this.ends.set(slots, end);
    const first = Math.max(0, Math.ceil(from / this.span));
    const last = Math.min(end, Math.floor(to / this.span));
    if (last < first) return true;
    if (last > LARGEST_LATTICE) return false;
    const p = this.upTo(slots, last, end);
    for (let n = first; n <= last; n++) if (p[n] > TINY) visit(n * this.span, p[n]);
    return true;
  }

  /** n p_n = kλ Σ_i (steps_i π_i) p_{n − steps_i}, scaled on the way where e^(−kλ) is out of range. */
  private upTo(slots: number, last: number, end: number): Float64Array {
    const known = this.known.get(slots);
    if (known !== undefined && known.length > last) return known;
    const { law, steps } = this;
    const size = Math.min(LARGEST_LATTICE, end, Math.max(1024, 2 * last)) + 1;
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

/** Sums of energies without a lattice, those of the likeliest numbers of tasks. */
class ListedSums implements TaskSums {
  private readonly known = new Map<number, { sum: Float64Array; probability: Float64Array; whole: boolean }>();

  constructor(private readonly law: CompoundIncrement) {}

  visit(slots: number, from: number, to: number, visit: (sum: number, probability: number) => void): boolean {
    const list = this.known.get(slots) ?? this.list(slots);
    this.known.set(slots, list);
    const { sum, probability } = list;
    let low = 0;
    let high = sum.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sum[middle] < from) low = middle + 1;
      else high = middle;
    }
    for (; low < sum.length && sum[low] <= to; low++) visit(sum[low], probability[low]);
    return list.whole;
  }

  private list(slots: number): { sum: Float64Array; probability: Float64Array; whole: boolean } {
    // Fewer are kept, the likeliest, where there are too many: half the digits at least.
    for (let least = TINY; ; least *= 100) {
      const found = this.enumerate(slots, least);
      if (found === undefined) continue;
      const order = Int32Array.from(found.sum.keys()).sort((a, b) => found.sum[a] - found.sum[b]);
      return {
        sum: Float64Array.from(order, (i) => found.sum[i]),
        probability: Float64Array.from(order, (i) => found.probability[i]),
        whole: least === TINY,
      };
    }
  }

  /** All with at least this probability; undefined where they are too many. */
  private enumerate(slots: number, least: number): { sum: number[]; probability: number[] } | undefined {
    const { rate, probabilities, energies } = this.law;
    const sums: number[] = [];
    const shares: number[] = [];
    // What the kinds from i on can at most leave of a probability: their likeliest numbers.
    const mode = Float64Array.from(probabilities, (share) => poisson(Math.floor(slots * rate * share), slots * rate * share));
    const rest = new Float64Array(energies.length + 1).fill(1);
    for (let i = energies.length - 1; i >= 0; i--) rest[i] = rest[i + 1] * mode[i];
    const descend = (i: number, sum: number, share: number): boolean => {
      if (i === energies.length) {
        sums.push(sum);
        shares.push(share);
        return sums.length <= LONGEST_LIST;
      }
      const mean = slots * rate * probabilities[i];
      const first = Math.floor(mean);
      // Away from the likeliest number both ways, until too unlikely.
      for (const step of [1, -1]) {
        for (let n = step === 1 ? first : first - 1; n >= 0; n += step) {
          const own = share * poisson(n, mean);
          if (own * rest[i + 1] < least) break;
          if (!descend(i + 1, sum + n * energies[i], own)) return false;
        }
      }
      return true;
    };
    return descend(0, 0, 1) ? { sum: sums, probability: shares } : undefined;
  }
}

function poisson(n: number, mean: number): number {
  let log = -mean;
  for (let i = 1; i <= n; i++) log += Math.log(mean / i);
  return Math.exp(log);
}
