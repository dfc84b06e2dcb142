/**
 * Schemas of `harvest.trace`: the resolved form, which holds its values and is what a checked scenario has; the name of
 * a sample, which becomes it at once; and the name of a CSV file, which `resolve.ts` turns into it before a scenario is
 * checked.
 */
import * as z from 'zod';
import type { Trace } from '../scenario.js';
import { chosenBy, describeValue, isObject, object, oneOf, positive, text, where } from '../schema-parts.js';
import { GAP_RULES } from './gaps.js';
import { resolved } from './resolved.js';
import { SAMPLE_NAMES, sampleTrace } from './samples.js';
import {
  IRRADIANCE_UNITS,
  isIrradiance,
  isSpeed,
  SPEED_UNITS,
  TRACE_UNITS,
  type FileUnit,
  type SpeedUnit,
} from './units.js';
import { pvArray, turbine } from './weather/schema.js';
import { zoneOf } from './zones.js';

/** How a trace is played: the same keys whatever its values come from. */
const playing = {
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

const blocksOnlyOfBootstrap = (
  context: z.core.ParsePayload<{ play: string; blockSeconds?: number | undefined }>,
): void => {
  const { play, blockSeconds } = context.value;
  if (play === 'bootstrap' || blockSeconds === undefined) return;
  const message = `got ${blockSeconds} with "play": "loop", which has no blocks: leave it out or give "play": "bootstrap"`;
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
  .transform(({ sample, ...played }): Trace => withBlocks({ ...resolved(sampleTrace(sample)), ...played }));

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

const column = where<string | number>(
  "a header's text or a column's number from 1",
  (v) => (typeof v === 'string' && v.trim() !== '') || (typeof v === 'number' && Number.isInteger(v) && v >= 1),
);

const missingCodes = where<readonly number[]>(
  'a list of numbers that mean that there is no value, such as [9999]',
  (v) => Array.isArray(v) && v.every((x) => typeof x === 'number' && Number.isFinite(x)),
);
const rowFilter = where<Readonly<Record<string, string | number>>>(
  'an object of texts by column, such as {"Production Type": "Solar"}',
  (v) => isObject(v) && Object.values(v).every((x) => typeof x === 'string' || typeof x === 'number'),
);
const zone = where<string>(
  'an IANA zone such as "Europe/Berlin", "UTC" or an offset such as "+01:00"',
  (v) => typeof v === 'string' && zoneOf(v) !== undefined,
);
const isTrueOrFalse = where<boolean>('true or false', (v) => typeof v === 'boolean');
const resampling = where<number | true>(
  'a number > 0 (seconds of one value), or true for the coarsest step of the file',
  (v) => v === true || (typeof v === 'number' && Number.isFinite(v) && v > 0),
);
const IRRADIANCE_SPELLINGS: Readonly<Record<string, FileUnit>> = {
  'W/m2': 'W/m²',
  'Wh/m2': 'Wh/m²',
  'kWh/m2': 'kWh/m²',
};
const fileUnit = z.preprocess(
  (v) => (typeof v === 'string' ? (IRRADIANCE_SPELLINGS[v] ?? v) : v),
  oneOf<FileUnit | SpeedUnit>(...TRACE_UNITS, ...IRRADIANCE_UNITS, ...SPEED_UNITS),
);

/** What each source of power takes, and what its values may be. */
const SOURCES = {
  irradiance: { takes: 'pv', other: 'turbine', fits: isIrradiance, expected: IRRADIANCE_UNITS },
  wind: { takes: 'turbine', other: 'pv', fits: isSpeed, expected: SPEED_UNITS },
} as const;

/** `from` comes with what makes power of it, and with nothing else. */
function oneSource(
  context: z.core.ParsePayload<{
    from?: keyof typeof SOURCES | undefined;
    pv?: object | undefined;
    turbine?: object | undefined;
    unit?: FileUnit | SpeedUnit | undefined;
    counter?: boolean | undefined;
  }>,
): void {
  const { from, unit } = context.value;
  const complain = (key: string, message: string): void => {
    const input = (context.value as Record<string, unknown>)[key];
    context.issues.push({ code: 'custom', input, path: [key], message });
  };
  if (from === undefined) {
    const given = (['pv', 'turbine'] as const).find((key) => context.value[key] !== undefined);
    const wanted = given === 'pv' ? 'irradiance' : 'wind';
    if (given !== undefined) complain('from', `missing, expected ${JSON.stringify(wanted)} beside ${given}`);
    else if (unit !== undefined && isSpeed(unit)) {
      complain('from', `missing, expected "wind" and a turbine beside "unit": ${JSON.stringify(unit)}`);
    }
    return;
  }
  const { takes, other, fits, expected } = SOURCES[from];
  if (context.value[other] !== undefined) complain(other, `got it with "from": "${from}", expected ${takes} alone`);
  else if (context.value[takes] === undefined) complain(takes, `missing, expected it with "from": "${from}"`);
  else if (unit !== undefined && !fits(unit)) {
    complain('unit', `got ${JSON.stringify(unit)} with "from": "${from}", expected one of ${expected.join(', ')}`);
  } else if (context.value.counter === true) {
    complain('counter', `got true with "from": "${from}", expected values of weather, which no meter counts`);
  }
}

/** A trace in a file: how to read it, and how it is played. */
export const csvReference = object({
  csv: text,
  column: column.optional(),
  where: rowFilter.optional(),
  timeColumn: column.optional(),
  timeZone: zone.optional(),
  stamp: oneOf('start', 'middle', 'end').optional(),
  dateOrder: oneOf('dayFirst', 'monthFirst').optional(),
  unit: fileUnit.optional(),
  from: oneOf('irradiance', 'wind').optional(),
  pv: pvArray.optional(),
  turbine: turbine.optional(),
  scale: positive().optional(),
  secondsPerValue: positive('seconds').optional(),
  missing: missingCodes.optional(),
  negative: oneOf('refuse', 'zero').optional(),
  decimal: oneOf('.', ',').optional(),
  thousands: oneOf('.', ',', ' ', "'", 'none').optional(),
  counter: isTrueOrFalse.optional(),
  resample: resampling.optional(),
  gaps: oneOf(...GAP_RULES).default('refuse'),
  largestGapSeconds: positive('seconds').optional(),
  ...playing,
})
  .check(blocksOnlyOfBootstrap)
  .check(oneSource);
