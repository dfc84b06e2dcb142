/** Schema of a trace in a file: how it is read, what power is made of, and how it is played. */
import * as z from 'zod';
import { isObject, object, oneOf, positive, text, where } from '../schema-parts.js';
import { GAP_RULES } from './gaps.js';
import { blocksOnlyOfBootstrap, playing } from './schema.js';
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
