/**
 * Columns that draw the kind of a task: its type first, and then, where its routing may err, which model it goes to. No quantum enters, and what
 * a word says of the type does not depend on the error rate: each way to be misrouted has a column of its own within what the type
 * has, which the type's main kind fills. Types too rare for that give each of their kinds a part of its own; a change of the error
 * rate then moves at most the words of that type to another.
 */
import { packColumns, pairColumns } from './alias.js';

/** A type of task: where it goes. */
export interface KindGroup {
  /** Weights of the kinds that a task of this type may be, the main one first; of 2^32 over all groups, and of a sum that no error rate changes. */
  readonly weights: readonly number[];
  /** Kinds that a type like this has at any error rate, at least those above: their columns are set aside. */
  readonly kinds: number;
}

export interface KindColumns {
  /** log2 of the number of columns. */
  readonly bits: number;
  /** Packed columns: alias in the low `bits`, threshold above. */
  readonly columns: Uint32Array;
  /** By group and kind: the number of its column, which names it. */
  readonly entries: readonly (readonly number[])[];
}

/** Columns beyond those that are needed at least: a factor of at most 2^3, so that fewer types are too rare. */
const MORE_BITS = 3;

/** @returns undefined where 2^mostBits columns are too few. */
export function kindColumns(groups: readonly KindGroup[], mostBits: number): KindColumns | undefined {
  if (groups.reduce((sum, { weights }) => sum + weights.length, 0) > 2 ** mostBits) return undefined;
  // Twice as many as hold all that is set aside, whatever the error rate; more where that helps.
  const first = firstBits(groups, mostBits);
  let best: Layout | undefined;
  for (let bits = first; bits <= Math.min(mostBits, first + MORE_BITS); bits++) {
    const layout = layOut(groups, bits);
    if (best === undefined || layout.apart < best.apart) best = layout;
    if (best.apart === 0) break;
  }
  return best;
}

/** log2 of the least number of columns that is tried: what a column holds is at most 2^(32 − firstBits). */
export function firstBits(groups: readonly Pick<KindGroup, 'kinds'>[], mostBits: number): number {
  const aside = groups.reduce((sum, { kinds }) => sum + kinds, 0);
  return Math.min(mostBits, Math.max(1, Math.ceil(Math.log2(2 * aside))));
}

interface Layout extends KindColumns {
  /** Groups whose kinds have parts of their own. */
  readonly apart: number;
}

function layOut(groups: readonly KindGroup[], bits: number): Layout {
  const weights = groups.map((group) => group.weights);
  const units = 2 ** (32 - bits);
  const size = 2 ** bits;
  // Columns set aside: one for each kind but the main one, which the main one fills.
  let free = size - weights.reduce((sum, own) => sum + own.length, 0);
  const aside = weights.map((own, g) => {
    const columns = Math.max(groups[g].kinds, own.length) - 1;
    const whole = own.reduce((a, b) => a + b, 0);
    const unused = columns - (own.length - 1);
    const fits = whole >= columns * units && own.slice(1).every((w) => w <= units) && unused <= free;
    if (fits) free -= unused;
    return fits ? columns : 0;
  });
  let next = 0;
  const own = new Float64Array(size);
  const alias = Uint32Array.from(own, (_, i) => i);
  const entries = weights.map((kinds, g) => {
    const main = next++;
    const numbers = [main];
    for (let k = 1; k <= Math.max(aside[g], kinds.length - 1); k++) {
      if (aside[g] > 0) {
        own[next] = kinds[k] ?? 0;
        alias[next] = main;
      }
      if (k < kinds.length) numbers.push(next);
      next++;
    }
    return numbers;
  });
  // What is left of the types, over the columns that are left.
  const rest: { readonly column: number; readonly weight: number }[] = [];
  weights.forEach((kinds, g) => {
    if (aside[g] > 0) rest.push({ column: entries[g][0], weight: kinds.reduce((a, b) => a + b, 0) - aside[g] * units });
    else kinds.forEach((weight, k) => rest.push({ column: entries[g][k], weight }));
  });
  for (; next < size; next++) rest.push({ column: next, weight: 0 });
  const paired = pairColumns(
    Float64Array.from(rest, ({ weight }) => weight),
    units,
  );
  rest.forEach(({ column }, i) => {
    own[column] = paired.own[i];
    alias[column] = rest[paired.alias[i]].column;
  });
  const apart = aside.filter((columns, g) => columns === 0 && groups[g].kinds > 1).length;
  return { bits, columns: packColumns({ own, alias }, bits), entries, apart };
}
