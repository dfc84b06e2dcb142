/** Waiting classes as integers: an entry a class; what each costs by slots waited; what it costs at least. */
import type { WaitingClass, WaitingOption } from '../fleet/waiting.js';
import { quantaOf } from './common-measure.js';
import { drawKinds } from './drawn-kinds.js';
import type { DrawnEntry } from './drawn-kinds.js';
import { quantise } from './task-law.js';

export interface WaitingTables {
  readonly entryBits: number;
  /** Packed columns as in TaskTables. */
  readonly entryColumns: Uint32Array;
  /** By entry (2^entryBits): most slots waited, place in `waitOptions`, least energy (in the unit asked for). */
  readonly mostWait: Uint32Array;
  readonly firstOption: Uint32Array;
  readonly least: Int32Array;
  /** Numbers of options, by slots waited. */
  readonly waitOptions: Uint32Array;
  /** By option: energy, place and length of its profile in `profiles`, whose sum is the energy. */
  readonly energies: Int32Array;
  readonly profileStart: Uint32Array;
  readonly profileLength: Uint32Array;
  readonly profiles: Int32Array;
  readonly longestService: number;
  readonly longestWait: number;
  /** The entries that are drawn. */
  readonly drawn: readonly DrawnEntry[];
}

/** Energies and profiles are whole numbers of 2^−fractionBits quanta. */
export function waitingTables(
  classes: readonly WaitingClass[],
  quantumJoules: number,
  fractionBits: number,
): WaitingTables {
  const unit = 2 ** fractionBits;
  const unitsOf = (joules: number): number => quantaOf(joules, quantumJoules) * unit;
  // Those dispatched as they arrive cost what the tasks kernel's kinds cost.
  const kinds = classes.map(({ type, rank, classesOfType, probability, options }) => {
    const energy = unitsOf(options[0].energyJoules);
    return { type, isMain: rank === 0, kindsOfType: classesOfType, probability, energy };
  });
  // An energy that is off would make a level that is none of the battery's: where all are on the lattice none is.
  const { bits, columns, entries } = drawKinds(kinds, !kinds.every(({ energy }) => energy % unit === 0));
  const size = 2 ** bits;
  const mostWait = new Uint32Array(size);
  const firstOption = new Uint32Array(size);
  const least = new Int32Array(size);
  const waitOptions: number[] = [];
  const energies: number[] = [];
  const starts: number[] = [];
  const lengths: number[] = [];
  const profiles: number[] = [];
  const add = ({ profileJoules }: WaitingOption, energy: number): number => {
    const profile = quantise(profileJoules, energy);
    starts.push(profiles.length);
    lengths.push(profile.length);
    for (const part of profile) profiles.push(part);
    return energies.push(energy) - 1;
  };
  for (const { column, kind, energy } of entries) {
    const { rank, mostWait: wait, options, latestBoundJoules } = classes[kind];
    const known = new Map<WaitingOption, number>([[options[0], add(options[0], energy)]]);
    mostWait[column] = wait;
    firstOption[column] = waitOptions.length;
    let bound = rank === 0 ? Infinity : Math.floor(unitsOf(latestBoundJoules));
    for (const option of options) {
      const number = known.get(option) ?? add(option, Math.round(unitsOf(option.energyJoules)));
      known.set(option, number);
      waitOptions.push(number);
      bound = Math.min(bound, energies[number]);
    }
    least[column] = bound;
  }
  return {
    entryBits: bits,
    entryColumns: columns,
    mostWait,
    firstOption,
    least,
    waitOptions: Uint32Array.from(waitOptions),
    energies: Int32Array.from(energies),
    profileStart: Uint32Array.from(starts),
    profileLength: Uint32Array.from(lengths),
    profiles: Int32Array.from(profiles),
    longestService: lengths.reduce((a, b) => Math.max(a, b), 1),
    longestWait: mostWait.reduce((a, b) => Math.max(a, b), 0),
    drawn: entries,
  };
}
