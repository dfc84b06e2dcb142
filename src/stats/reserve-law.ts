/** Reserves from a law of the deficit: what reserve.ts estimates from a run, without sampling error and at any risk. */
import type { DeficitLaw, MissingPart } from '../theory/deficit-law.js';
import { checkRisks } from './reserve.js';
import type { Reserve } from './reserve.js';

/**
 * The reserves of a law. The charge is sought on the survival function, so that a risk of 1e-12 keeps its digits, which 1 − risk would
 * lose. All NaN where the law's distribution is missing. Throws InputError for a risk outside (0, 1).
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
