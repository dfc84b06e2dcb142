/** The routers that a scenario may have. */
import { InputError } from '../errors.js';
import { parseScenario } from '../scenario/parse.js';
import type { Policy, Scenario } from '../scenario/scenario.js';
import type { Variant } from './comparing.js';

/** The routers compared where none are named: at once, as late as allowed, and by the level of the battery. */
export function usualVariants(scenario: Scenario): Variant[] {
  const own = scenario.routing.policy;
  const { capacityJoules } = scenario.battery;
  const variants = (['myopic', 'latest'] as const).map((kind) =>
    withPolicy(scenario, kind, { kind, ...policyLimits(scenario) }),
  );
  if (own?.kind !== 'threshold' && capacityJoules !== undefined) {
    const levelJoules = capacityJoules / 2;
    const name = `threshold:levelJoules=${levelJoules}`;
    variants.push(withPolicy(scenario, name, { kind: 'threshold', ...policyLimits(scenario), levelJoules }));
  }
  if (own?.kind === 'threshold' || own?.kind === 'backpressure') variants.push({ name: nameOf(own), scenario });
  return variants;
}

/** The limits of the scenario's own router hold for its variants. */
export function policyLimits(scenario: Scenario): { readonly [K in 'maximumWaitSlots' | 'queueLimit']?: number } {
  const { maximumWaitSlots, queueLimit } = scenario.routing.policy ?? {};
  return {
    ...(maximumWaitSlots === undefined ? {} : { maximumWaitSlots }),
    ...(queueLimit === undefined ? {} : { queueLimit }),
  };
}

function nameOf(policy: Policy): string {
  switch (policy.kind) {
    case 'threshold':
      return `threshold:levelJoules=${policy.levelJoules}`;
    case 'backpressure':
      return `backpressure:targetJoules=${policy.targetJoules}:joulesPerTask=${policy.joulesPerTask}`;
    default:
      return policy.kind;
  }
}

export function withPolicy(scenario: Scenario, name: string, policy: Readonly<Record<string, unknown>>): Variant {
  try {
    return { name, scenario: parseScenario({ ...scenario, routing: { ...scenario.routing, policy } }) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`--policy ${name}: ${error.message}`, '--policy', { cause: error });
  }
}
