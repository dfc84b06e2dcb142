/**
 * Columns that draw the kind of a task: its type first, and then, where its routing may err, which model it goes to. No
 * quantum enters, and what a word says of the type does not depend on the error rate: each way to be misrouted has a
 * column of its own within what the type has, which the type's main kind fills. Types too rare for that give each of
 * their kinds a part of its own; a change of the error rate then moves at most the words of that type to another.
 */
import { packColumns, pairColumns } from './alias.js';

/** A type of task: where it goes. */
export interface KindGroup {
  /** Weights of this type's kinds, of 2^32, the main one first; no error rate changes their sum. */
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
  // Those that do not fit have parts of their own; with these the others may fit no longer, so it is tried anew.
  let apart = groups.map(({ weights, kinds }) => weights.length === 1 && kinds === 1);
  for (;;) {
    const tried = layOutWith(groups, bits, apart);
    if ('columns' in tried) return { ...tried, apart: apart.filter((own, g) => own && groups[g].kinds > 1).length };
    apart = apart.map((own, g) => own || tried.unfit.includes(g));
  }
}

/** Columns, or the groups that do not fit whole columns. @param apart those whose kinds have parts of their own */
function layOutWith(
  groups: readonly KindGroup[],
  bits: number,
  apart: readonly boolean[],
): KindColumns | { readonly unfit: readonly number[] } {
  const units = 2 ** (32 - bits);
  const size = 2 ** bits;
  // Columns set aside, one for each kind but the main one, which the main one fills: not of the kinds that are but of
  // those that may be.
  const asideOf = groups.map(({ kinds, weights }, g) => (apart[g] ? 0 : Math.max(kinds, weights.length) - 1));
  const taken = groups.reduce((sum, { weights }, g) => sum + (apart[g] ? weights.length : 1 + asideOf[g]), 0);
  const wholes = groups.map(({ weights }) => weights.reduce((a, b) => a + b, 0));
  const unfit = groups.flatMap((_, g) => (wholes[g] < asideOf[g] * units ? [g] : []));
  if (unfit.length > 0) return { unfit };
  if (taken > size) return { unfit: [groups.findIndex((_, g) => !apart[g] && asideOf[g] > 0)] };
  let next = 0;
  const own = new Float64Array(size);
  const alias = Uint32Array.from(own, (_, i) => i);
  // What is left of the types, over the columns that are left.
  const rest: { readonly column: number; readonly weight: number }[] = [];
  const entries = groups.map(({ weights }, g) => {
    const main = next++;
    rest.push({ column: main, weight: apart[g] ? weights[0] : wholes[g] - asideOf[g] * units });
    const numbers = [main];
    for (let k = 1; k <= Math.max(asideOf[g], weights.length - 1); k++, next++) {
      if (apart[g]) rest.push({ column: next, weight: weights[k] });
      else alias[next] = main;
      if (k < weights.length) numbers.push(next);
    }
    return numbers;
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
  // Within a type: a kind that is more than its column takes whole columns of the main one.
  const crowded = groups.flatMap(({ weights }, g) => {
    if (apart[g]) return [];
    const [main, ...others] = entries[g];
    const whole = rest.filter(({ column, weight }) => weight === 0 && own[column] === 0 && alias[column] === main);
    const free = whole.map(({ column }) => column).filter((column) => column !== main);
    const fits = others.every((column, i) => {
      let left = weights[i + 1];
      for (; left > units && free.length > 0; left -= units) alias[free.pop() ?? 0] = column;
      own[column] = left;
      return left <= units;
    });
    return fits ? [] : [g];
  });
  if (crowded.length > 0) return { unfit: crowded };
  return { bits, columns: packColumns({ own, alias }, bits), entries };
}
