/**
 * The scenario file's schema (version 1) in zod, with messages of our own: every leaf says what came and what was
 * expected. Where the format has alternatives the branch is chosen by the keys that are there, so that no error is
 * about a union.
 */
import type * as z from 'zod';
import type { DeadlineRule, Hardware } from './scenario.js';
import { battery } from './battery-schema.js';
import { harvest, profile } from './harvest-schema.js';
import { policy } from './policy-schema.js';
import { listOf, nonNegative, numberWhere, object, oneOf, positive, text, where } from './schema-parts.js';
import { retries, thinking, tolerance } from './service-schema.js';
import { START_EXPECTED, startTimeOf } from './trace/align.js';

const hardwareShape = {
  joulesPerParameterAccess: positive('joules'),
  joulesPerFlop: positive('joules'),
  parametersPerSecond: positive('parameters a second'),
  flopsPerSecond: positive('operations a second'),
};
const HARDWARE_KEYS = Object.keys(hardwareShape) as readonly (keyof Hardware)[];

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
  tolerance,
  deadlineSeconds: positive('seconds'),
});
const energyTask = object({
  name: taskName,
  weight,
  energyJoules: positive('joules'),
  patienceSlots: numberWhere('a whole number ≥ 0 (slots)', (x) => Number.isInteger(x) && x >= 0).optional(),
});

const overheadJoules = nonNegative('joules').default(0);

const common = {
  schemaVersion: where<1>('1, the version of the format that this release reads', (v) => v === 1),
  name: text.default('unnamed'),
  startTime: where<string>(START_EXPECTED, (v) => typeof v === 'string' && startTimeOf(v) !== undefined).optional(),
  arrivals: object({
    ratePerSlot: positive('tasks a slot'),
    dispersion: numberWhere('a number from 1 to 1000 (variance over mean)', (x) => x >= 1 && x <= 1000).optional(),
    profile: profile.optional(),
  }),
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
    deadlineRule: oneOf<DeadlineRule>('seconds', 'slots').optional(),
    thinking: thinking.optional(),
    retries: retries.optional(),
    policy: policy.optional(),
  }).default({ errorRate: 0, overheadJoules: 0, overheadSeconds: 0 }),
  accounting: oneOf('lumped', 'distributed').default('lumped'),
});

const absent = (why: string) =>
  where<undefined>(`nothing, because ${why}: leave it out`, (v) => v === undefined).optional();
const onlyZero = (why: string): z.ZodType<number> => numberWhere(`0, because ${why}`, (x) => x === 0);

/** Schema of a scenario whose tasks give their energies: no fleet, no other model, deadline or service time. */
export const energyScenarioSchema = object({
  ...common,
  slotSeconds: positive('seconds').default(1),
  fleet: where<undefined>('no fleet where tasks give energyJoules: leave it out', (v) => v === undefined).optional(),
  tasks: listOf(energyTask, 'task'),
  routing: object({
    errorRate: onlyZero('tasks that give energyJoules have no other model to go to').default(0),
    overheadJoules,
    overheadSeconds: onlyZero('tasks that give energyJoules have no deadline').default(0),
    deadlineRule: absent('tasks that give energyJoules have no deadline'),
    thinking: absent('tasks that give energyJoules have no thinking time'),
    retries: absent('tasks that give energyJoules do not say how likely they succeed'),
    policy: policy.optional(),
  }).default({ errorRate: 0, overheadJoules: 0, overheadSeconds: 0 }),
  accounting: where<'lumped'>(
    '"lumped", because tasks that give energyJoules have no service time',
    (v) => v === 'lumped',
  ).default('lumped'),
});
