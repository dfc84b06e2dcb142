/**
 * Reserves from a law of the deficit: what reserve.ts estimates from a run, without sampling error and at any risk.
 * A run's mean excess is at the charge that the run itself came to, and so is the law's that is set beside it: at
 * another charge it would be another quantity.
 */
import type { Estimate } from '../theory/chain/extrapolate.js';
import type { ExactLaw } from '../theory/exact/law.js';
import type { DeficitLaw, MissingPart } from '../theory/deficit-law.js';
import type { BoundedCdf } from '../theory/site-reference.js';
import { checkRisks } from './reserve.js';
import type { Reserve } from './reserve.js';

/**
 * The reserves of a law. The charge is sought on the survival function, so that a risk of 1e-12 keeps its digits, which
 * 1 − risk would lose. All NaN where the law's distribution is missing. Throws InputError for a risk outside (0, 1).
 */
export function reserveFromLaw(
  law: DeficitLaw & { readonly missing?: MissingPart },
  risks: readonly number[],
): Reserve[] {
  checkRisks(risks);
  if (law.missing !== undefined) {
    return risks.map((risk) => ({ risk, charge: NaN, meanExcess: NaN, conditionalValueAtRisk: NaN }));
  }
  return risks.map((risk) => {
    const charge = chargeAtRisk(law, risk);
    const meanExcess = law.meanExcess(charge);
    return { risk, charge, meanExcess, conditionalValueAtRisk: charge + meanExcess / risk };
  });
}

/** A reserve of the exact law, with what theory says of its own errors. Joules. */
export interface ExactReserve extends Reserve {
  readonly error: {
    readonly charge: number;
    readonly meanExcess: number;
    readonly conditionalValueAtRisk: number;
  };
  /** At the charge that a run came to: what the run's own mean excess estimates. */
  readonly atSimulatedCharge: { readonly charge: number; readonly meanExcess: number; readonly error: number };
}

/**
 * The reserves of the exact law beside those of a run.
 * @param charges that the run came to, one a risk; NaN where there is none
 */
export function exactReserves(law: ExactLaw, risks: readonly number[], charges: readonly number[]): ExactReserve[] {
  const { error, missing } = law;
  // The mean excess at b is the mean less the integral of P(D > x) from 0 to b.
  const excessAt = (charge: number): Estimate => ({
    value: missing === undefined ? law.meanExcess(charge) : NaN,
    error: error.mean + charge * error.cdf,
  });
  checkRisks(risks);
  return risks.map((risk, i) => {
    const charge = missing === undefined ? chargeAtRisk(law, risk) : NaN;
    const ofCdf = law.cdfErrorAt?.(charge) ?? error.cdf;
    const chargeError = missing !== undefined ? NaN : charge === 0 ? 0 : ofCdf / law.density(charge);
    return exactReserve(risk, { value: charge, error: chargeError }, excessAt, charges[i]);
  });
}

function exactReserve(
  risk: number,
  { value: charge, error }: Estimate,
  excessAt: (charge: number) => Estimate,
  simulated: number,
): ExactReserve {
  const excess = excessAt(charge);
  const own = excessAt(simulated);
  return {
    ...{ risk, charge, meanExcess: excess.value, conditionalValueAtRisk: charge + excess.value / risk },
    // The charge is where this is least, so that its own error matters to second order only.
    error: { charge: error, meanExcess: excess.error, conditionalValueAtRisk: excess.error / risk },
    atSimulatedCharge: { charge: simulated, meanExcess: own.value, error: own.error },
  };
}

/** Panels of an integral of a distribution function. */
const PANELS = 2 ** 14;

/**
 * The same of a law that is known by its distribution function and its mean.
 * @param charges that a run came to, one a risk
 */
export function boundedReserves(
  law: BoundedCdf,
  mean: Estimate,
  risks: readonly number[],
  charges: readonly number[],
): ExactReserve[] {
  checkRisks(risks);
  return risks.map((risk, i) => {
    const charge = law.quantile(1 - risk);
    const off = law.cdfErrorAt(charge);
    const highest = law.quantile(Math.min(1 - 1e-12, 1 - risk + off));
    const lowest = law.quantile(Math.max(0, 1 - risk - off));
    const error = Math.max(highest - charge, charge - lowest);
    return exactReserve(risk, { value: charge, error }, (a) => excessOf(law, mean, a), charges[i]);
  });
}

/** E(A − a)⁺: the mean less the integral of P(A > x) from 0 to a, which falls, so that two sums enclose it. */
function excessOf(law: BoundedCdf, mean: Estimate, a: number): Estimate {
  const step = a / PANELS;
  let sum = 0;
  let worst = 0;
  for (let k = 0; k <= PANELS; k++) {
    sum += (k === 0 || k === PANELS ? 0.5 : 1) * (1 - law.cdf(k * step));
    worst = Math.max(worst, law.cdfErrorAt(k * step));
  }
  const between = 0.5 * step * (law.cdf(a) - law.cdf(0));
  return { value: Math.max(0, mean.value - step * sum), error: mean.error + between + a * worst };
}

/** Smallest charge with P(D > charge) ≤ risk, joules, to a relative 1e-12. */
function chargeAtRisk(law: DeficitLaw, risk: number): number {
  if (law.survival(0) <= risk) return 0;
  let low = 0;
  let high = law.mean + law.standardDeviation || 1;
  while (law.survival(high) > risk) {
    low = high;
    high *= 2;
  }
  while (high - low > 1e-12 * high) {
    const middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) break;
    if (law.survival(middle) <= risk) high = middle;
    else low = middle;
  }
  return high;
}
