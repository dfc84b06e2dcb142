/** Functions of the level by lattice point, most of which are 0 but near one end of the battery. */

/** Values at the levels 0, 1, …; they are 0 before entry `from` and from entry `to` on. */
export interface LevelFunction {
  readonly values: Float64Array;
  readonly from: number;
  readonly to: number;
}

export function levelFunction(values: Float64Array): LevelFunction {
  const from = values.findIndex((value) => value !== 0);
  return from < 0 ? { values, from: 0, to: 0 } : { values, from, to: values.findLastIndex((value) => value !== 0) + 1 };
}

/** The sum of a function over weights of levels. */
export function dot({ values, from, to }: LevelFunction, weights: Float64Array): number {
  const end = Math.min(to, weights.length);
  let sum = 0;
  for (let k = from; k < end; k++) sum += values[k] * weights[k];
  return sum;
}
