/** How well and how often tasks are served: their tolerance, the router's choice to think longer, and to try again. */
import type * as z from 'zod';
import type { Retries, Thinking, ToleranceLaw } from './scenario.js';
import { chosenBy, isObject, listOf, numberWhere, object, oneOf, positive, where } from './schema-parts.js';

const share = numberWhere('a number between 0 and 1, both excluded', (x) => x > 0 && x < 1);

/** More values would be too many kinds of task. */
const MAXIMUM_TOLERANCES = 64;

const toleranceLaw = object({
  values: listOf(share, 'tolerance'),
  weights: listOf(positive(), 'weight').optional(),
}).transform(({ values, weights = values.map(() => 1) }, context): ToleranceLaw => {
  const complain = (key: string, input: unknown, message: string): void => {
    context.issues.push({ code: 'custom', input, path: [key], message });
  };
  if (values.length > MAXIMUM_TOLERANCES) {
    complain('values', values, `got ${values.length} tolerances, expected at most ${MAXIMUM_TOLERANCES}`);
  }
  const again = values.find((value, i) => values.indexOf(value) !== i);
  if (again !== undefined) complain('values', values, `got ${again} twice, expected each tolerance once`);
  if (weights.length !== values.length) {
    const expected = `${values.length}, one for each value`;
    complain('weights', weights, `got ${weights.length} weights, expected ${expected}`);
  }
  return { values, weights };
});

const oneOrSeveral = where<never>(
  'a number between 0 and 1, both excluded, or several as {"values": [0.01, 0.05], "weights": [1, 2]}',
  () => false,
);

/** One tolerance, or a law over several. */
export const tolerance = chosenBy<number | ToleranceLaw>((input) => {
  if (isObject(input)) return toleranceLaw;
  return typeof input === 'number' || input === undefined ? share : oneOrSeveral;
});

const byFactor = object({ factor: numberWhere('a number ≥ 1', (x) => x >= 1) });
const byTolerance = object({ tolerance: share });
const oneOfBoth = where<never>('either factor or tolerance, not both', () => false);

export const thinking = chosenBy<Thinking>((input): z.ZodType<Thinking> => {
  const has = (key: string): boolean => isObject(input) && key in input;
  if (has('factor')) return has('tolerance') ? oneOfBoth : byFactor;
  if (has('tolerance')) return byTolerance;
  const factor = numberWhere('a number ≥ 1, or tolerance in its place, a number between 0 and 1', (x) => x >= 1);
  return object({ factor, tolerance: share.optional() });
});

/** More tries would be too many kinds of task. */
export const MAXIMUM_RETRIES = 4095;

export const retries: z.ZodType<Retries> = object({
  most: where<Retries['most']>(
    `"unlimited" or a whole number from 1 to ${MAXIMUM_RETRIES}`,
    (v) => v === 'unlimited' || (Number.isInteger(v) && (v as number) >= 1 && (v as number) <= MAXIMUM_RETRIES),
  ),
  deadline: oneOf<Retries['deadline']>('keep', 'ignore').default('keep'),
});
