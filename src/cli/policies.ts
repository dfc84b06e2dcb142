/** Routers by name, as `compare --policy` writes them: `latest,threshold:levelJoules=2e6`. */
import { InputError } from '../errors.js';
import { parseScenario } from '../scenario/parse.js';
import type { Policy, Scenario } from '../scenario/scenario.js';
import { dimensionOf } from '../scenario/quantities.js';
import { parseList, parseMeasure, parseNumber } from '../scenario/values.js';

/** A scenario with one router, and what it is called. */
export interface Variant {
  readonly name: string;
  readonly scenario: Scenario;
}

/** A scenario under each of the routers of a list. @throws {InputError} */
export function policyVariants(scenario: Scenario, text: string): Variant[] {
  return parseList('--policy', text, (option, part) => {
    const [kind, ...settings] = part.trim().split(':');
    const parameters = settings.map((setting): [string, number] => {
      const equals = setting.indexOf('=');
      if (equals < 1) {
        throw new InputError(
          `${option}: got ${JSON.stringify(setting)} in ${JSON.stringify(part)}, expected a parameter such as levelJoules=2e6`,
          option,
        );
      }
      const [key, value] = [setting.slice(0, equals), setting.slice(equals + 1)];
      const dimension = dimensionOf(key);
      const name = `${option} ${part.trim()}`;
      if (dimension === undefined) return [key, parseNumber(name, value)];
      const { slotSeconds: slotLength } = scenario;
      return [key, parseMeasure(name, value, dimension, { expected: 'a number or a quantity', slotLength })];
    });
    return withPolicy(scenario, part.trim(), { kind, ...limits(scenario), ...Object.fromEntries(parameters) });
  });
}

/** The routers that a scenario is compared under where none are named: at once, as late as allowed, and by the level of the battery. */
export function usualVariants(scenario: Scenario): Variant[] {
  const own = scenario.routing.policy;
  const { capacityJoules } = scenario.battery;
  const variants = (['myopic', 'latest'] as const).map((kind) =>
    withPolicy(scenario, kind, { kind, ...limits(scenario) }),
  );
  if (own?.kind !== 'threshold' && capacityJoules !== undefined) {
    const levelJoules = capacityJoules / 2;
    const name = `threshold:levelJoules=${levelJoules}`;
    variants.push(withPolicy(scenario, name, { kind: 'threshold', ...limits(scenario), levelJoules }));
  }
  if (own?.kind === 'threshold' || own?.kind === 'backpressure') variants.push({ name: nameOf(own), scenario });
  return variants;
}

/** The limits of the scenario's own router hold for its variants. */
function limits(scenario: Scenario): { readonly [K in 'maximumWaitSlots' | 'queueLimit']?: number } {
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

function withPolicy(scenario: Scenario, name: string, policy: Readonly<Record<string, unknown>>): Variant {
  try {
    return { name, scenario: parseScenario({ ...scenario, routing: { ...scenario.routing, policy } }) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`--policy ${name}: ${error.message}`, '--policy', { cause: error });
  }
}
