/** Waiting classes as integers: two entries a class, its energies rounded down and up; what each costs by slots waited; what it costs at least. */
import type { WaitingClass, WaitingOption } from '../fleet/waiting.js';
import { entriesOf, quantise } from './task-law.js';

export interface WaitingTables {
  readonly entryBits: number;
  /** Packed columns as in TaskTables. */
  readonly entryColumns: Uint32Array;
  /** By entry (2^entryBits): most slots waited, place in `waitOptions`, least energy in quanta over all waits and feasible models. */
  readonly mostWait: Uint32Array;
  readonly firstOption: Uint32Array;
  readonly least: Int32Array;
  /** Numbers of options, by slots waited. */
  readonly waitOptions: Uint32Array;
  /** By option: energy in quanta, place and length of its profile in `profiles`, whose sum is the energy. */
  readonly energies: Int32Array;
  readonly profileStart: Uint32Array;
  readonly profileLength: Uint32Array;
  readonly profiles: Int32Array;
  readonly longestService: number;
  readonly longestWait: number;
  /** Entries in use: those beyond have no weight. */
  readonly used: number;
}

export function waitingTables(classes: readonly WaitingClass[], quantum: number): WaitingTables {
  const kinds = classes.map(({ task, probability, options: [{ model, energyJoules, profileJoules }] }) => {
    return { task, model, probability, energyJoules, profileJoules };
  });
  const { entryBits, entryColumns } = entriesOf(kinds, quantum).tables;
  const size = 2 ** entryBits;
  const mostWait = new Uint32Array(size);
  const firstOption = new Uint32Array(size);
  const least = new Int32Array(size);
  const waitOptions: number[] = [];
  const energies: number[] = [];
  const starts: number[] = [];
  const lengths: number[] = [];
  const profiles: number[] = [];
  const add = ({ energyJoules, profileJoules }: WaitingOption, up: number): number => {
    const energy = Math.floor(energyJoules / quantum) + up;
    const profile = quantise(profileJoules, energy);
    starts.push(profiles.length);
    lengths.push(profile.length);
    for (const quanta of profile) profiles.push(quanta);
    return energies.push(energy) - 1;
  };
  classes.forEach(({ rank, mostWait: wait, options, latestBoundJoules }, k) => {
    for (let up = 0; up < 2; up++) {
      const entry = 2 * k + up;
      const known = new Map<WaitingOption, number>();
      mostWait[entry] = wait;
      firstOption[entry] = waitOptions.length;
      const bound = rank === 0 ? Infinity : Math.floor(latestBoundJoules / quantum);
      least[entry] = options.reduce(
        (low, option) => Math.min(low, Math.floor(option.energyJoules / quantum) + up),
        bound,
      );
      for (const option of options) {
        const number = known.get(option) ?? add(option, up);
        known.set(option, number);
        waitOptions.push(number);
      }
    }
  });
  return {
    entryBits,
    entryColumns,
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
    used: 2 * classes.length,
  };
}
