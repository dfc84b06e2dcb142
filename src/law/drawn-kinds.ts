/**
 * Kinds of task as they are drawn: integer weights that no quantum enters, energies in whole units, and columns for
 * both. One entry more, of the heaviest type's heaviest kind, has an energy a unit or so off, and a weight that makes
 * the mean energy exact: so no other weight is moved for it.
 */
import { PlanError } from '../errors.js';
import { roundCumulatively } from './alias.js';
import { firstBits, kindColumns } from './kind-columns.js';
import { MAXIMUM_ENTRY_BITS } from './task-tables.js';

/** What of a kind its columns depend on. */
export interface KindToDraw {
  /** Number of its type. */
  readonly type: number;
  /** Whether it is where a task of its type goes if its routing does not err. */
  readonly isMain: boolean;
  /** Kinds of its type at an error rate above 0. */
  readonly kindsOfType: number;
  readonly probability: number;
  /** In units, real. */
  readonly energy: number;
}

/** An entry that columns draw. */
export interface DrawnEntry {
  readonly column: number;
  /** Place of its kind among those given. */
  readonly kind: number;
  /** Units, whole. */
  readonly energy: number;
  /** Of 2^32. */
  readonly weight: number;
}

export interface DrawnKinds {
  readonly bits: number;
  /** Packed columns: alias in the low `bits`, threshold above. */
  readonly columns: Uint32Array;
  /** One of each kind, in the order given, and last the one that settles the mean. */
  readonly entries: readonly DrawnEntry[];
}

const WORD = 2 ** 32;

/**
 * @param settles whether an entry settles the mean: without one it is off by what 2^32 cannot say of probabilities
 * @throws {PlanError} where they are too many
 */
export function drawKinds(kinds: readonly KindToDraw[], settles = true): DrawnKinds {
  const members = byType(kinds);
  const weights = integerWeights(kinds, members);
  const { group: settled, kind: heaviest } = heaviestKind(members, weights);
  // The settling entry has a column at most, which is set aside for it, and at most half of its kind: an error rate and
  // a quantum change no type.
  const sizes = members.map((own) => ({ kinds: kinds[own[0]].kindsOfType }));
  const most = Math.min(2 ** (32 - firstBits(sizes, MAXIMUM_ENTRY_BITS)), Math.floor(weights[heaviest] / 2));
  const offsetOf = (missing: number): number => Math.sign(missing) * Math.ceil(Math.abs(missing) / Math.max(1, most));
  let { rounded, missing } = roundEnergies(kinds, weights);
  // No energy is below nothing: where one would be, all are rounded down.
  if (rounded[heaviest] + offsetOf(missing) < 0) ({ rounded, missing } = roundEnergies(kinds, weights, true));
  const offset = settles ? Math.max(offsetOf(missing), -rounded[heaviest]) : 0;
  const settling = offset === 0 ? 0 : Math.min(most, Math.round(missing / offset));
  const groups = members.map((own, g) => {
    const settles = g === settled;
    const taken = own.map((k) => weights[k] - (k === heaviest ? settling : 0));
    return { weights: settles ? [...taken, settling] : taken, kinds: kinds[own[0]].kindsOfType + (settles ? 1 : 0) };
  });
  const drawn = kindColumns(groups, MAXIMUM_ENTRY_BITS);
  if (drawn === undefined) {
    throw new PlanError(
      `tasks: got ${kinds.length} kinds of task on models that may serve them, expected fewer than ${2 ** MAXIMUM_ENTRY_BITS}`,
      'tasks',
    );
  }
  const entries: DrawnEntry[] = [];
  members.forEach((own, g) => {
    drawn.entries[g].forEach((place, i) => {
      const kind = own[i] ?? heaviest;
      const settles = i === own.length;
      const energy = rounded[kind] + (settles ? offset : 0);
      entries[settles ? kinds.length : kind] = { column: place, kind, energy, weight: groups[g].weights[i] };
    });
  });
  return { bits: drawn.bits, columns: drawn.columns, entries };
}

/** Places of kinds by type, in the order of the types, a type's main kind first. */
function byType(kinds: readonly KindToDraw[]): number[][] {
  const types = [...new Set(kinds.map(({ type }) => type))].sort((a, b) => a - b);
  return types.map((type) =>
    kinds
      .flatMap((kind, k) => (kind.type === type ? [k] : []))
      .sort((a, b) => Number(kinds[b].isMain) - Number(kinds[a].isMain) || a - b),
  );
}

/** The type that comes most often, the first of equals, whatever its error rate; and the heaviest of its kinds. */
function heaviestKind(
  members: readonly (readonly number[])[],
  weights: readonly number[],
): { readonly group: number; readonly kind: number } {
  const ofType = members.map((own) => own.reduce((sum, k) => sum + weights[k], 0));
  const group = ofType.indexOf(ofType.reduce((a, b) => Math.max(a, b), 0));
  return { group, kind: members[group].reduce((best, k) => (weights[k] > weights[best] ? k : best)) };
}

/** Weights of 2^32: a type's do not depend on its error rate. */
function integerWeights(kinds: readonly KindToDraw[], members: readonly (readonly number[])[]): number[] {
  const shares = members.map((own) => own.reduce((sum, k) => sum + kinds[k].probability, 0));
  const total = shares.reduce((a, b) => a + b, 0);
  const whole = roundCumulatively(
    Float64Array.from(shares, (share) => share / total),
    WORD,
  );
  const weights = kinds.map(() => 0);
  members.forEach(([main, ...others], g) => {
    // Running sums are rounded, so that parts are never more than the whole.
    let share = 0;
    let before = 0;
    for (const k of others) {
      share += kinds[k].probability / shares[g];
      const after = Math.min(whole[g], Math.round(share * whole[g]));
      weights[k] = after - before;
      before = after;
    }
    weights[main] = whole[g] - before;
  });
  return weights;
}

/** Energies rounded to whole units so that as little as can be, told in 2^−32, is missing of their mean. */
function roundEnergies(
  kinds: readonly KindToDraw[],
  weights: readonly number[],
  down = false,
): { readonly rounded: number[]; readonly missing: number } {
  const rounded = kinds.map(({ energy }) => Math.floor(energy));
  const total = kinds.reduce((sum, { probability }) => sum + probability, 0);
  // About a middle energy: the sums are then small enough to be exact for any but absurd spreads.
  const centre = rounded[Math.floor(rounded.length / 2)];
  let missing = kinds.reduce((sum, { energy, probability }, k) => {
    return sum + ((probability / total) * WORD * (energy - centre) - weights[k] * (rounded[k] - centre));
  }, 0);
  const heaviest = kinds.map((_, k) => k).sort((a, b) => weights[b] - weights[a] || a - b);
  for (const k of down ? [] : heaviest) {
    if (kinds[k].energy === rounded[k] || Math.abs(missing - weights[k]) >= Math.abs(missing)) continue;
    rounded[k]++;
    missing -= weights[k];
  }
  return { rounded, missing };
}
