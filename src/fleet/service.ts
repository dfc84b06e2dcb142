/** What it costs a model to produce k tokens: energy, time and their spread over the slots in service (eqs. 40–43). */
import { hardwareOf } from '../scenario/scenario.js';
import type { Fleet, Model } from '../scenario/scenario.js';
import { stepsAbove } from '../numeric/whole.js';

/** Totals for k tokens: linear·k + quadratic·k², both strictly increasing. */
export interface ServiceCost {
  /** Joules a token, and joules a token². */
  readonly energy: { readonly linear: number; readonly quadratic: number };
  /** Seconds a token, and seconds a token². */
  readonly time: { readonly linear: number; readonly quadratic: number };
}

/** The cost of a model on its hardware (eqs. 40, 41): e_mem N + 2 e_flop N a token, and 2 e_flop n_layer d a token². */
export function serviceCost(fleet: Fleet, model: Model): ServiceCost {
  const hardware = hardwareOf(fleet, model);
  const flops = { linear: 2 * model.parameters, quadratic: 2 * model.layers * model.attentionWidth };
  return {
    energy: {
      linear: hardware.joulesPerParameterAccess * model.parameters + hardware.joulesPerFlop * flops.linear,
      quadratic: hardware.joulesPerFlop * flops.quadratic,
    },
    time: {
      linear: model.parameters / hardware.parametersPerSecond + flops.linear / hardware.flopsPerSecond,
      quadratic: flops.quadratic / hardware.flopsPerSecond,
    },
  };
}

/** Joules burned by the first k tokens (eq. 41), k ≥ 0 real. */
export function serviceEnergy(cost: ServiceCost, tokens: number): number {
  return tokens * (cost.energy.linear + cost.energy.quadratic * tokens);
}

/** Seconds that the first k tokens take (eq. 41). */
export function serviceTime(cost: ServiceCost, tokens: number): number {
  return tokens * (cost.time.linear + cost.time.quadratic * tokens);
}

/** k(t): tokens in the first `seconds` of service, the inverse of `serviceTime` (in a form that does not cancel). */
export function tokensAfter(cost: ServiceCost, seconds: number): number {
  const { linear, quadratic } = cost.time;
  return (2 * seconds) / (linear + Math.sqrt(linear * linear + 4 * quadratic * seconds));
}

/** n = ⌈time/Δ⌉, slots in service, at least 1 (section IV-B). */
export function serviceSlots(latencySeconds: number, slotSeconds: number): number {
  return Math.max(1, stepsAbove(latencySeconds, slotSeconds));
}

/**
 * Energy burned in each service slot (eq. 43): entry j is energy(k((j+1)Δ)) − energy(k(jΔ)), the last one cut off at k*
 * tokens. Joules, length ⌈time(k*)/Δ⌉; the sum telescopes to energy(k*).
 *
 * @param tokens k*, finite.
 */
export function energyProfile(cost: ServiceCost, tokens: number, slotSeconds: number): Float64Array {
  const total = serviceEnergy(cost, tokens);
  const slots = serviceSlots(serviceTime(cost, tokens), slotSeconds);
  const profile = new Float64Array(slots);
  let before = 0;
  for (let j = 0; j < slots; j++) {
    // A time at a slot's edge may round into one slot too many: no slot burns past the total.
    const after =
      j === slots - 1 ? total : Math.min(total, serviceEnergy(cost, tokensAfter(cost, (j + 1) * slotSeconds)));
    profile[j] = after - before;
    before = after;
  }
  return profile;
}
