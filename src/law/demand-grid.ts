/**
 * What of an increment's law on a grid comes from the demand alone: its spectrum, its likely multisets of tasks, and
 * how far one slot may take away. Points of a sweep that differ only in their harvest share all of it.
 */
import type { DemandLaw } from '../fleet/walk-law.js';
import { commonMeasure } from './common-measure.js';
import { compoundPoissonSpectrum, likelyAtoms, panjer } from './compound.js';
import type { Atom } from './compound.js';
import { GridTransform } from '../numeric/fft.js';
import type { Spectrum } from '../numeric/fft.js';
import { slotReach } from './reach.js';
import { Memo } from '../memo.js';

/** Demands that are remembered at a time, and the largest grid whose spectrum is: 8 MiB of spectra at the most. */
const DEMANDS_KEPT = 32;
const LARGEST_KEPT = 2 ** 15;

const reaches = new Memo<number>(DEMANDS_KEPT);
const spectra = new Memo<Spectrum>(DEMANDS_KEPT);
const multisets = new Memo<readonly Atom[]>(DEMANDS_KEPT);

/** Kinds of task beyond which a demand has no key: writing one would take longer than what it saves. */
const LARGEST_KEYED = 512;

/** A key that two demands share only if they are equal to the last bit; undefined for demands too large to be kept. */
function demandKey({ ratePerSlot, dispersion = 1, energiesJoules, probabilities }: DemandLaw): string | undefined {
  if (energiesJoules.length > LARGEST_KEYED) return undefined;
  return `${ratePerSlot}:${dispersion};${energiesJoules.join()};${probabilities.join()}`;
}

/** Sums as atoms, by falling energy, on a grid of this step in joules. */
export interface SharedSums {
  readonly step: number;
  readonly atoms: readonly Atom[];
}

const shared = new Memo<SharedSums | undefined>(DEMANDS_KEPT);

/** Beyond these no sum is an atom worth the name, or Panjer's recursion takes longer than a law may. */
const MOST_KINDS = 100;
const MOST_TASKS = 100;
const MOST_SUMS = 20_000;

export class DemandGrid {
  private readonly key: string | undefined;
  constructor(private readonly demand: DemandLaw) {
    this.key = demandKey(demand);
  }

  /** Joules that a slot takes away at most, but with probability exp(−exponent). */
  reach(exponent: number): number {
    const nothing = { shape: 1e-9, scaleJoules: 1e-9 };
    return reaches.of(this.keyOf(exponent), () =>
      slotReach({ demand: this.demand, harvest: nothing }, 'down', exponent),
    );
  }

  /** The spectrum of one slot's consumption on a grid. Not to be changed. */
  spectrum(step: number, size: number): Spectrum {
    const make = (): Spectrum => compoundPoissonSpectrum(this.demand, step, GridTransform.of(size));
    return size > LARGEST_KEPT ? make() : spectra.of(this.keyOf(step, size), make);
  }

  /** All multisets of tasks with probability ≥ threshold, by falling energy. Not to be changed. */
  atoms(step: number, threshold: number): readonly Atom[] {
    return multisets.of(this.keyOf(step, threshold), () =>
      likelyAtoms(this.demand, step, threshold).sort((a, b) => b.energy - a.energy),
    );
  }

  /**
   * Sums of energies where many multisets share one, so that each is less likely than the threshold but not all
   * together: as atoms on a grid of at most `step` that all energies lie on. Undefined where multisets alone have all
   * that is likely, or where energies have no common measure.
   * @param part of the threshold from which a sum is kept
   * @param exponent of the reach (`reach`)
   */
  sharedSums(step: number, threshold: number, part: number, exponent: number): SharedSums | undefined {
    return shared.of(this.keyOf(step, threshold, part, exponent), () => {
      const { energiesJoules, probabilities, ratePerSlot, dispersion } = this.demand;
      const measure = energiesJoules.length > MOST_KINDS ? undefined : commonMeasure(Array.from(energiesJoules));
      if (measure === undefined || measure < step || ratePerSlot > MOST_TASKS) return undefined;
      const length = Math.floor(this.reach(exponent) / measure) + 1;
      if (!(length <= MOST_SUMS)) return undefined;
      const sizes = Array.from(energiesJoules, (energy) => Math.round(energy / measure));
      const sums = panjer(ratePerSlot, sizes, probabilities, length, dispersion);
      const missed = sums.slice();
      for (const { energy, probability } of this.atoms(step, threshold)) {
        const n = Math.round(energy / measure);
        if (n < length) missed[n] -= probability;
      }
      if (missed.every((p) => p < threshold)) return undefined;
      const parts = Math.ceil(measure / step);
      const atoms = Array.from(sums, (probability, n): Atom => {
        return { energy: n * measure, probability, measure: { first: n * parts, weights: Float64Array.of(1) } };
      });
      return {
        step: measure / parts,
        atoms: atoms.filter(({ probability }) => probability >= threshold * part).reverse(),
      };
    });
  }

  private keyOf(...numbers: number[]): string | undefined {
    return this.key === undefined ? undefined : `${numbers.join()};${this.key}`;
  }
}
