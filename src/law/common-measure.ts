/**
 * The largest energy of which several are whole multiples: a quantum that divides it keeps what comes out even, such as
 * a battery that runs exactly empty.
 */

/** How near to a whole multiple counts as one, relatively: decimal fractions are off by 1e-16, sums of some by more. */
const TOLERANCE = 1e-13;
/** More parts than this of the largest cannot be told from what rounding leaves of Euclid's differences. */
const MOST_PARTS = 1e7;

/** The common measure of energies > 0, by Euclid's algorithm; undefined where they have none worth the name. */
export function commonMeasure(energies: readonly number[]): number | undefined {
  const largest = energies.reduce((a, b) => Math.max(a, b), 0);
  const least = largest / MOST_PARTS;
  let rough = 0;
  for (const energy of energies) {
    let [a, b] = [energy, rough];
    while (b > least / 2) [a, b] = [b, Math.abs(a - Math.round(a / b) * b)];
    rough = a;
  }
  if (!(rough > 0.9 * least)) return undefined;
  const measure = largest / Math.round(largest / rough);
  const whole = (energy: number): boolean => {
    const parts = energy / measure;
    return Math.abs(parts - Math.round(parts)) <= TOLERANCE * parts;
  };
  return energies.every(whole) ? measure : undefined;
}

/** The least quantum of at least `finest` that divides the measure; `finest` itself where there is none. */
export function dividing(measure: number | undefined, finest: number): number {
  return measure === undefined || measure < finest ? finest : measure / Math.floor(measure / finest);
}

/** How far from a lattice point, in quanta, an energy may be and still be meant to be on it: what division leaves. */
const ON_POINT = 1e-5;

/** Joules in quanta, real: whole where they are meant to be. */
export function quantaOf(joules: number, quantumJoules: number): number {
  const quanta = joules / quantumJoules;
  const point = Math.round(quanta);
  return Math.abs(quanta - point) <= ON_POINT ? point : quanta;
}
