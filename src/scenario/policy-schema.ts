/** How a router lets tasks wait: the policy's name and its own parameters. */
import type * as z from 'zod';
import type { Policy } from './scenario.js';
import { chosenBy, isObject, nonNegative, numberWhere, object, positive, where } from './schema-parts.js';

const whole = (least: number, most: number) =>
  numberWhere(`a whole number from ${least} to ${most}`, (x) => Number.isInteger(x) && x >= least && x <= most);

/** Counts of waiting tasks of one kind and slot are bytes in the engine. */
export const MAXIMUM_QUEUE = 255;

const common = {
  maximumWaitSlots: whole(0, 1023).optional(),
  queueLimit: whole(1, MAXIMUM_QUEUE).default(MAXIMUM_QUEUE),
};
const kindIs = <T extends string>(kind: T) => where<T>(JSON.stringify(kind), (v) => v === kind);

const POLICIES = {
  myopic: object({ kind: kindIs('myopic'), ...common }),
  latest: object({ kind: kindIs('latest'), ...common }),
  threshold: object({ kind: kindIs('threshold'), ...common, levelJoules: nonNegative('joules') }),
  backpressure: object({
    kind: kindIs('backpressure'),
    ...common,
    targetJoules: nonNegative('joules'),
    joulesPerTask: positive('joules a waiting task'),
  }),
} as const;

const NAMES = Object.keys(POLICIES) as readonly (keyof typeof POLICIES)[];
/** Refuses every name: its message lists those that there are. */
const unknown = where<never>(`an object with "kind": ${NAMES.map((n) => JSON.stringify(n)).join(' or ')}`, () => false);

export const policy = chosenBy<Policy>((input): z.ZodType<Policy> => {
  const kind = isObject(input) ? input.kind : undefined;
  const name = NAMES.find((n) => n === kind);
  return name === undefined ? unknown : POLICIES[name];
});
