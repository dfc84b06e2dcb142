/**
 * The scenario file's schema (version 1) in zod, with messages of our own: every leaf says what came and what was expected.
 * Where the format has alternatives the branch is chosen by the keys that are there, so that no error is about a union.
 */
import * as z from 'zod';
import { nearestOf } from './nearest.js';
import type { Hardware } from './scenario.js';

/** A short picture of a value that came, for messages. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (value !== null && typeof value !== 'string' && typeof value !== 'boolean')
    return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** What came and what was expected. */
export const mismatch = (input: unknown, expected: string): string =>
  input === undefined ? `missing, expected ${expected}` : `got ${describeValue(input)}, expected ${expected}`;

/** A value that `holds`; `expected` completes the sentence "got …, expected …". */
export function where<T>(expected: string, holds: (value: unknown) => boolean): z.ZodType<T> {
  return z.custom<T>(holds, { error: (issue) => mismatch(issue.input, expected) });
}

const numberWhere = (expected: string, holds: (x: number) => boolean): z.ZodType<number> =>
  where<number>(expected, (v) => typeof v === 'number' && Number.isFinite(v) && holds(v));

const positive = (unit?: string): z.ZodType<number> =>
  numberWhere(`a number > 0${unit === undefined ? '' : ` (${unit})`}`, (x) => x > 0);
const nonNegative = (unit: string): z.ZodType<number> => numberWhere(`a number ≥ 0 (${unit})`, (x) => x >= 0);
export const text = where<string>('a non-empty string', (v) => typeof v === 'string' && v.trim() !== '');
const oneOf = <T extends string>(...values: readonly T[]): z.ZodType<T> =>
  where<T>(values.map((v) => JSON.stringify(v)).join(' or '), (v) => values.includes(v as T));

function object<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) => {
      const known = Object.keys(shape);
      if (issue.code !== 'unrecognized_keys') return mismatch(issue.input, `an object with ${known.join(', ')}`);
      // One line a key, in the order of issue.keys: the reader of issues takes them apart again.
      const line = (key: string) => `unknown key; the nearest known key is ${JSON.stringify(nearestOf(key, known))}`;
      return issue.keys.map(line).join('\n');
    },
  });
}

function listOf<T extends z.ZodType>(item: T, what: string) {
  const expected = `a list of at least one ${what}`;
  return z
    .array(item, { error: (issue) => mismatch(issue.input, expected) })
    .min(1, { error: (issue) => mismatch(issue.input, expected) });
}

/** Parses with the schema that `pick` chooses for this input; its issues become this schema's own. */
export function chosenBy<T>(pick: (input: unknown) => z.ZodType<T>) {
  return z.unknown().transform((input, context): T => {
    const result = pick(input).safeParse(input);
    if (result.success) return result.data;
    for (const issue of result.error.issues) context.issues.push({ ...issue, input } as z.core.$ZodRawIssue);
    return z.NEVER;
  });
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const hardwareShape = {
  joulesPerParameterAccess: positive('joules'),
  joulesPerFlop: positive('joules'),
  parametersPerSecond: positive('parameters a second'),
  flopsPerSecond: positive('operations a second'),
};
export const HARDWARE_KEYS = Object.keys(hardwareShape) as readonly (keyof Hardware)[];

const model = object({
  name: text,
  parameters: positive(),
  layers: positive(),
  attentionWidth: positive(),
  hardware: object(hardwareShape).partial().optional(),
});

/** Defaults: the constants that Hoffmann et al. (2022) fitted. */
const scaling = object({
  steepness: positive(),
  E: numberWhere('a number ≥ 0', (x) => x >= 0).default(1.69),
  A: positive().default(406.4),
  B: positive().default(410.7),
  alpha: positive().default(0.34),
  beta: positive().default(0.28),
});

const fleet = object({ hardware: object(hardwareShape).optional(), models: listOf(model, 'model'), scaling }).check(
  (context) => {
    const { hardware, models } = context.value;
    const seen = new Set<string>();
    models.forEach((m, i) => {
      if (seen.has(m.name)) {
        const message = `got ${JSON.stringify(m.name)} a second time, expected each model to have a name of its own`;
        context.issues.push({ code: 'custom', input: m.name, path: ['models', i, 'name'], message });
      }
      seen.add(m.name);
      for (const key of HARDWARE_KEYS) {
        if (hardware?.[key] !== undefined || m.hardware?.[key] !== undefined) continue;
        const path = m.hardware === undefined ? ['hardware', key] : ['models', i, 'hardware', key];
        const message = `missing, expected a number > 0 in fleet.hardware or in the model's own hardware`;
        context.issues.push({ code: 'custom', input: undefined, path, message });
      }
    });
  },
);

const taskName = text.optional();
const weight = positive().default(1);

const difficultyTask = object({
  name: taskName,
  weight,
  difficulty: numberWhere('a finite number', () => true),
  skills: numberWhere('a whole number from 1 to 1000000', (x) => Number.isInteger(x) && x >= 1 && x <= 1e6),
  tokensPerSkill: positive('tokens'),
  tolerance: numberWhere('a number between 0 and 1, both excluded', (x) => x > 0 && x < 1),
  deadlineSeconds: positive('seconds'),
});
const energyTask = object({ name: taskName, weight, energyJoules: positive('joules') });

const mean = chosenBy<'critical' | number | { timesDemand: number }>((input) =>
  isObject(input)
    ? object({ timesDemand: positive() })
    : where<'critical' | number>(
        '"critical", a number > 0 (joules a slot) or {"timesDemand": a number > 0}',
        (v) => v === 'critical' || (typeof v === 'number' && Number.isFinite(v) && v > 0),
      ),
);
const variance = where<'matched' | number>(
  '"matched" or a number > 0 (joules²)',
  (v) => v === 'matched' || (typeof v === 'number' && Number.isFinite(v) && v > 0),
);
const harvestByMoments = object({ mean: mean.default('critical'), variance: variance.default('matched') });
const harvestByShape = object({ shape: positive(), scaleJoules: positive('joules') });
const mixedHarvest = where<never>('either mean and variance or shape and scaleJoules, not some of each', () => false);
const harvest = chosenBy<z.output<typeof harvestByMoments> | z.output<typeof harvestByShape>>((input) => {
  const has = (...keys: readonly string[]): boolean => isObject(input) && keys.some((key) => key in input);
  if (!has('shape', 'scaleJoules')) return harvestByMoments;
  return has('mean', 'variance') ? mixedHarvest : harvestByShape;
});

const overheadJoules = nonNegative('joules').default(0);
const battery = object({ initialJoules: nonNegative('joules').default(0) });

const common = {
  schemaVersion: where<1>('1, the version of the format that this release reads', (v) => v === 1),
  name: text.default('unnamed'),
  arrivals: object({ ratePerSlot: positive('tasks a slot') }),
  harvest: harvest.default({ mean: 'critical', variance: 'matched' }),
  battery: battery.default({ initialJoules: 0 }),
};

/** Schema of a scenario whose tasks are served by a fleet. */
export const fleetScenarioSchema = object({
  ...common,
  slotSeconds: positive('seconds'),
  fleet,
  tasks: listOf(difficultyTask, 'task'),
  routing: object({
    errorRate: numberWhere('a number from 0 to 1', (x) => x >= 0 && x <= 1).default(0),
    overheadJoules,
    overheadSeconds: nonNegative('seconds').default(0),
  }).default({ errorRate: 0, overheadJoules: 0, overheadSeconds: 0 }),
  accounting: oneOf('lumped', 'distributed').default('lumped'),
});

const onlyZero = (why: string): z.ZodType<number> => numberWhere(`0, because ${why}`, (x) => x === 0);

/** Schema of a scenario whose tasks give their energies: no fleet, hence no other model, no deadline and no service time. */
export const energyScenarioSchema = object({
  ...common,
  slotSeconds: positive('seconds').default(1),
  fleet: where<undefined>('no fleet where tasks give energyJoules: leave it out', (v) => v === undefined).optional(),
  tasks: listOf(energyTask, 'task'),
  routing: object({
    errorRate: onlyZero('tasks that give energyJoules have no other model to go to').default(0),
    overheadJoules,
    overheadSeconds: onlyZero('tasks that give energyJoules have no deadline').default(0),
  }).default({ errorRate: 0, overheadJoules: 0, overheadSeconds: 0 }),
  accounting: where<'lumped'>(
    '"lumped", because tasks that give energyJoules have no service time',
    (v) => v === 'lumped',
  ).default('lumped'),
});
