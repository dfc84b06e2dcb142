/** Routers by name, as `compare --policy` writes them: `latest,threshold:levelJoules=2e6`. */
import type { Variant } from '../study/comparing.js';
import { policyLimits, withPolicy } from '../study/policies.js';
import { InputError } from '../errors.js';
import type { Scenario } from '../scenario/scenario.js';
import { dimensionOf } from '../scenario/quantities.js';
import { parseList, parseMeasure, parseNumber } from '../scenario/values.js';

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
    return withPolicy(scenario, part.trim(), { kind, ...policyLimits(scenario), ...Object.fromEntries(parameters) });
  });
}
