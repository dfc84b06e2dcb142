/** The harvest of a scenario: a Gamma law by its moments or its parameters, and how it changes in time. */
import * as z from 'zod';
import { EXCESSES } from './scenario.js';
import type { Excess, HarvestByMoments, HarvestByShape, HarvestByTrace, Profile, Weather } from './scenario.js';
import {
  chosenBy,
  describeValue,
  isObject,
  listOf,
  mismatch,
  numberWhere,
  object,
  positive,
  text,
  where,
} from './schema-parts.js';
import { trace } from './trace/schema.js';

const factor = numberWhere('a number ≥ 0', (x) => x >= 0);
const wholeSlots = numberWhere('a whole number ≥ 1 (slots)', (x) => Number.isInteger(x) && x >= 1);

const oneProfile = object({ values: listOf(factor, 'factor'), slotsPerValue: wholeSlots.default(1) }).check(
  (context) => {
    const { values } = context.value;
    if (values.some((x) => x > 0)) return;
    context.issues.push({
      code: 'custom',
      input: values,
      path: ['values'],
      message: 'got zeros alone, expected at least one factor > 0',
    });
  },
);

/** A profile or several that multiply. */
export const profile = chosenBy<readonly Profile[]>((input) =>
  Array.isArray(input) ? listOf(oneProfile, 'profile') : oneProfile.transform((one) => [one]),
);

const state = object({ name: text, factor, shape: positive().optional() });
const probability = numberWhere('a probability from 0 to 1', (x) => x >= 0 && x <= 1);

/** More states would be too many tables. */
const MAXIMUM_STATES = 16;

const weather: z.ZodType<Weather> = object({
  slotsPerStep: wholeSlots.default(1),
  states: listOf(state, 'state'),
  transitions: listOf(listOf(probability, 'probability'), 'row'),
  initial: text.optional(),
}).check((context) => {
  const { states, transitions, initial } = context.value;
  const complain = (path: PropertyKey[], input: unknown, message: string): void => {
    context.issues.push({ code: 'custom', input, path, message });
  };
  const n = states.length;
  if (n > MAXIMUM_STATES) complain(['states'], states, `got ${n} states, expected at most ${MAXIMUM_STATES}`);
  if (!states.some((s) => s.factor > 0))
    complain(['states'], states, 'got factors of 0 alone, expected at least one > 0');
  if (transitions.length !== n) {
    complain(['transitions'], transitions, `got ${transitions.length} rows, expected ${n}, one for each state`);
  }
  transitions.forEach((row, i) => {
    const sum = row.reduce((a, b) => a + b, 0);
    if (row.length !== n) complain(['transitions', i], row, `got ${row.length} probabilities, expected ${n}`);
    else if (Math.abs(sum - 1) > 1e-9) complain(['transitions', i], row, `got a sum of ${sum}, expected 1`);
  });
  states.forEach(({ name }, i) => {
    if (states.findIndex((s) => s.name === name) === i) return;
    complain(['states', i, 'name'], name, `got ${JSON.stringify(name)} a second time, expected a name of its own`);
  });
  if (initial !== undefined && !states.some((s) => s.name === initial)) {
    const names = states.map((s) => JSON.stringify(s.name)).join(', ');
    complain(['initial'], initial, `got ${JSON.stringify(initial)}, expected the name of a state: ${names}`);
  }
});

const meanValue = where<'critical' | number>(
  '"critical", a number > 0 (joules a slot) or {"timesDemand": a number > 0}',
  (v) => v === 'critical' || (typeof v === 'number' && Number.isFinite(v) && v > 0),
);
const mean = chosenBy<'critical' | number | { timesDemand: number }>((input) =>
  isObject(input) ? object({ timesDemand: positive() }) : meanValue,
);
const variance = where<'matched' | number>(
  '"matched" or a number > 0 (joules²)',
  (v) => v === 'matched' || (typeof v === 'number' && Number.isFinite(v) && v > 0),
);

const process = {
  profile: profile.optional(),
  weather: weather.optional(),
  correlation: numberWhere('a number from 0 to below 1', (x) => x >= 0 && x < 1).optional(),
};
const excesses = EXCESSES.map((name) => JSON.stringify(name)).join(', ');
const isExcess = (name: unknown): boolean => EXCESSES.includes(name as Excess);
const sizedFor = z
  .custom<readonly Excess[]>(
    (v) => Array.isArray(v) && v.length > 0 && new Set(v).size === v.length && v.every(isExcess),
    {
      error: ({ input }) =>
        `${mismatch(input, `a list of one or more of ${excesses}, each once`)}${Array.isArray(input) ? oddWords(input) : ''}`,
    },
  )
  .optional();

/** Which entry of a list is wrong. */
function oddWords(list: readonly unknown[]): string {
  const odd = list.find((name, i) => !isExcess(name) || list.indexOf(name) !== i);
  return odd === undefined ? '' : `: ${describeValue(odd)} ${isExcess(odd) ? 'comes twice' : 'is none of them'}`;
}

const byMoments = object({
  mean: mean.default('critical'),
  variance: variance.default('matched'),
  sizedFor,
  ...process,
});
const byShape = object({ shape: positive(), scaleJoules: positive('joules'), ...process });
const byTrace = object({ trace, mean: mean.optional(), sizedFor });
const mixed = where<never>('either mean and variance or shape and scaleJoules, not some of each', () => false);

export type Harvest = HarvestByMoments | HarvestByShape | HarvestByTrace;

export const harvest = chosenBy<Harvest>((input): z.ZodType<Harvest> => {
  const has = (...keys: readonly string[]): boolean => isObject(input) && keys.some((key) => key in input);
  if (has('trace')) return byTrace;
  if (!has('shape', 'scaleJoules')) return byMoments;
  return has('mean', 'variance') ? mixed : byShape;
});
