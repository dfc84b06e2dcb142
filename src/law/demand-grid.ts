/**
 * What of an increment's law on a grid comes from the demand alone: its spectrum, its likely multisets of tasks, and how far one slot may
 * take away. Points of a sweep that differ only in their harvest share all of it.
 */
import type { DemandLaw } from '../fleet/walk-law.js';
import { compoundPoissonSpectrum, likelyAtoms } from './compound.js';
import type { Atom } from './compound.js';
import { GridTransform } from './fft.js';
import type { Spectrum } from './fft.js';
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
function demandKey({ ratePerSlot, energiesJoules, probabilities }: DemandLaw): string | undefined {
  if (energiesJoules.length > LARGEST_KEYED) return undefined;
  return `${ratePerSlot};${energiesJoules.join()};${probabilities.join()}`;
}

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

  private keyOf(...numbers: number[]): string | undefined {
    return this.key === undefined ? undefined : `${numbers.join()};${this.key}`;
  }
}
