/**
 * Schemas of `harvest.trace`: the resolved form, which holds its values and is what a checked scenario has; and the
 * name of a sample, which becomes it at once. That of a file is in reference-schema.ts: a reader is not for all.
 */
import type * as z from 'zod';
import type { Trace } from '../scenario.js';
import { chosenBy, describeValue, isObject, object, oneOf, positive, where } from '../schema-parts.js';
import { SAMPLE_NAMES, sampleTrace } from './samples.js';

/** How a trace is played: the same keys whatever its values come from. */
export const playing = {
  play: oneOf('loop', 'bootstrap').default('loop'),
  start: oneOf('first', 'random').default('first'),
  blockSeconds: positive('seconds').optional(),
  alignSeconds: positive('seconds').optional(),
  noiseShape: positive().optional(),
};

const isValue = (x: unknown): boolean => typeof x === 'number' && Number.isFinite(x) && x >= 0;

/** One predicate for the whole list: a schema for each of a million values would take seconds. */
const values = where<readonly number[]>(
  'a list of numbers ≥ 0, not all 0',
  (v) => Array.isArray(v) && v.length > 0,
).check((context) => {
  const list = context.value;
  const bad = list.findIndex((x) => !isValue(x));
  if (bad >= 0) {
    const message = `got ${describeValue(list[bad])}, expected a number ≥ 0`;
    context.issues.push({ code: 'custom', input: list[bad], path: [bad], message });
  } else if (list.every((x) => x === 0)) {
    context.issues.push({ code: 'custom', input: list, path: [], message: 'got zeros alone, expected a value > 0' });
  }
});

/** @param context of keys of `playing` */
export const blocksOnlyOfBootstrap = (
  context: z.core.ParsePayload<{ play: string; blockSeconds?: number | undefined }>,
): void => {
  const { play, blockSeconds } = context.value;
  if (play === 'bootstrap' || blockSeconds === undefined) return;
  const without = `got ${blockSeconds} with "play": "loop", which has no blocks`;
  const message = `${without}: leave it out or give "play": "bootstrap"`;
  context.issues.push({ code: 'custom', input: blockSeconds, path: ['blockSeconds'], message });
};

const DAY_SECONDS = 86_400;

/** Blocks last a day unless said otherwise, and begin at whole days where they can, so that nights stay nights. */
function withBlocks(played: Trace): Trace {
  if (played.play === 'loop') return played;
  const { blockSeconds = Math.max(DAY_SECONDS, played.alignSeconds ?? 0) } = played;
  const { alignSeconds = blockSeconds % DAY_SECONDS === 0 ? DAY_SECONDS : blockSeconds } = played;
  return { ...played, blockSeconds, alignSeconds };
}

const withValues = object({
  values,
  unit: oneOf('W', 'kW', 'J', 'kWh'),
  secondsPerValue: positive('seconds'),
  ...playing,
})
  .check(blocksOnlyOfBootstrap)
  .transform(withBlocks);

const sampleReference = object({ sample: oneOf(...SAMPLE_NAMES), ...playing })
  .check(blocksOnlyOfBootstrap)
  .transform(({ sample, ...played }): Trace => withBlocks({ ...sampleTrace(sample), ...played }));

const unread = where<never>(
  'values: here no file is read, so have resolveTrace put them in the place of its name',
  () => false,
);
const mixed = where<never>('one of values, csv and sample, not several', () => false);

/** `harvest.trace` of a scenario. */
export const trace = chosenBy<Trace>((input): z.ZodType<Trace> => {
  const sources = ['values', 'csv', 'sample'].filter((key) => isObject(input) && key in input);
  if (sources.length > 1) return mixed;
  if (sources[0] === 'csv') return unread;
  return sources[0] === 'sample' ? sampleReference : withValues;
});
