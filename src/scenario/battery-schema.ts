/** The battery of a scenario: without limits as in the paper, or with capacity, losses, leak and power limits. */
import { nonNegative, numberWhere, object, positive } from './schema-parts.js';

/** The engine holds 1/η − 1 as a fraction of one. */
const efficiency = numberWhere('a number above 0.5 and at most 1', (x) => x > 0.5 && x <= 1).optional();

export const battery = object({
  initialJoules: nonNegative('joules').default(0),
  capacityJoules: positive('joules').optional(),
  chargeEfficiency: efficiency,
  dischargeEfficiency: efficiency,
  leakPerSlot: numberWhere('a fraction from 0 to below 0.5', (x) => x >= 0 && x < 0.5).optional(),
  chargeLimitWatts: positive('watts').optional(),
  dischargeLimitWatts: positive('watts').optional(),
}).check((context) => {
  const { initialJoules, capacityJoules } = context.value;
  if (capacityJoules === undefined || initialJoules <= capacityJoules) return;
  const message = `got ${initialJoules}, expected at most the capacity, ${capacityJoules} (joules)`;
  context.issues.push({ code: 'custom', input: initialJoules, path: ['initialJoules'], message });
});
