/** The largest energy of which several are whole multiples: a quantum that divides it keeps what comes out even, such as a battery that runs exactly empty. */

/** How near to a whole multiple counts as one, relatively. */
const TOLERANCE = 1e-9;
/** More parts than this of the largest are no common measure but chance. */
const MOST_PARTS = 1e6;

/** The common measure of energies > 0 (Euclid's algorithm), or undefined where they have none worth the name. */
export function commonMeasure(energies: readonly number[]): number | undefined {
  const largest = energies.reduce((a, b) => Math.max(a, b), 0);
  const least = largest / MOST_PARTS;
  let measure = 0;
  for (const energy of energies) {
    let [a, b] = [energy, measure];
    while (b > least) [a, b] = [b, Math.abs(a - Math.round(a / b) * b)];
    measure = a;
  }
  const whole = (energy: number): boolean =>
    Math.abs(energy / measure - Math.round(energy / measure)) <= TOLERANCE * (energy / measure);
  return measure > least && energies.every(whole) ? measure : undefined;
}

/** The least quantum of at least `finest` that divides the measure; `finest` itself where there is none. */
export function dividing(measure: number | undefined, finest: number): number {
  return measure === undefined || measure < finest ? finest : measure / Math.floor(measure / finest);
}
