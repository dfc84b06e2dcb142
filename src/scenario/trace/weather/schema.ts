/** Schemas of what makes power of weather: `pv` and `turbine` of a trace. */
import { numberWhere, object, oneOf, positive, where } from '../../schema-parts.js';
import type * as z from 'zod';
import type { PvChoice } from './pv-choice.js';
import { MOUNTS, type Mount } from './pv-power.js';

const between = (least: number, most: number, unit: string): z.ZodType<number> =>
  numberWhere(`a number from ${least} to ${most} (${unit})`, (x) => x >= least && x <= most);
const share = numberWhere('a number from 0 to below 1', (x) => x >= 0 && x < 1);
const columnName = where<string | number>(
  'a header\'s text, a column\'s number from 1, or "none"',
  (v) => (typeof v === 'string' && v.trim() !== '') || (typeof v === 'number' && Number.isInteger(v) && v >= 1),
);

/** PVWatts' own defaults. */
const [LOSSES, COEFFICIENT, EFFICIENCY, REFLECTANCE] = [0.14, -0.0047, 0.96, 0.2];

/** A PV array, and the columns that it takes its weather from: a `PvChoice`. */
export const pvArray = object({
  peakWatts: positive('watts').optional(),
  areaSquareMetres: positive('m²').optional(),
  moduleEfficiency: numberWhere('a number above 0, at most 1', (x) => x > 0 && x <= 1).optional(),
  tiltDegrees: between(0, 90, 'degrees from the horizontal').optional(),
  azimuthDegrees: between(0, 360, 'degrees clockwise from north: 180 is south').optional(),
  latitude: between(-90, 90, 'degrees north').optional(),
  longitude: between(-180, 180, 'degrees east').optional(),
  groundReflectance: between(0, 1, 'share').default(REFLECTANCE),
  beamColumn: columnName.optional(),
  diffuseColumn: columnName.optional(),
  temperatureColumn: columnName.optional(),
  windColumn: columnName.optional(),
  temperatureCoefficient: between(-0.02, 0, 'share a kelvin').default(COEFFICIENT),
  mount: oneOf<Mount>(...(Object.keys(MOUNTS) as Mount[])).default('openRack'),
  losses: share.default(LOSSES),
  inverterWatts: positive('watts').optional(),
  inverterEfficiency: numberWhere('a number above 0, at most 1', (x) => x > 0 && x <= 1).default(EFFICIENCY),
}).check((context) => {
  const { peakWatts, areaSquareMetres, moduleEfficiency, tiltDegrees } = context.value;
  const complain = (key: string, message: string): void => {
    const input = (context.value as Record<string, unknown>)[key];
    context.issues.push({ code: 'custom', input, path: [key], message });
  };
  const isByArea = areaSquareMetres !== undefined || moduleEfficiency !== undefined;
  if (peakWatts !== undefined && isByArea) {
    complain('peakWatts', 'got it beside areaSquareMetres or moduleEfficiency, expected one way to say the size');
  } else if (peakWatts === undefined && areaSquareMetres === undefined) {
    complain('peakWatts', 'missing, expected a number > 0 (watts), or areaSquareMetres with moduleEfficiency');
  } else if (areaSquareMetres !== undefined && moduleEfficiency === undefined) {
    complain('moduleEfficiency', 'missing, expected a number above 0, at most 1, beside areaSquareMetres');
  }
  if (tiltDegrees !== undefined) {
    if (tiltDegrees > 0 && context.value.azimuthDegrees === undefined) {
      complain('azimuthDegrees', 'missing, expected degrees clockwise from north (180 is south) beside tiltDegrees');
    }
    return;
  }
  for (const key of ['azimuthDegrees', 'beamColumn', 'diffuseColumn'] as const) {
    if (context.value[key] === undefined) continue;
    complain(key, 'got it without tiltDegrees, expected both, or neither for irradiance in the plane of the modules');
    return;
  }
}) satisfies z.ZodType<PvChoice>;

const speeds = where<readonly number[]>(
  'a list of two or more numbers ≥ 0 that ascend (m/s)',
  (v) =>
    Array.isArray(v) &&
    v.length >= 2 &&
    v.every((x, i) => typeof x === 'number' && Number.isFinite(x) && x >= 0 && (i === 0 || x > (v[i - 1] as number))),
);
const powers = where<readonly number[]>(
  'a list of numbers ≥ 0 (watts), one a speed',
  (v) => Array.isArray(v) && v.every((x) => typeof x === 'number' && Number.isFinite(x) && x >= 0),
);

/** A wind turbine. */
export const turbine = object({
  powerCurve: object({ metresPerSecond: speeds, watts: powers }),
  cutInMetresPerSecond: positive('m/s').optional(),
  cutOutMetresPerSecond: positive('m/s').optional(),
  hubMetres: positive('metres').optional(),
  measuredMetres: positive('metres').optional(),
  shearExponent: between(0, 1, 'exponent of the power law').default(1 / 7),
  count: numberWhere('a whole number ≥ 1', (x) => Number.isInteger(x) && x >= 1).default(1),
  losses: share.default(0),
}).check((context) => {
  const { powerCurve, cutInMetresPerSecond: cutIn, cutOutMetresPerSecond: cutOut } = context.value;
  const { hubMetres, measuredMetres } = context.value;
  const { metresPerSecond, watts } = powerCurve;
  const complain = (path: string[], input: unknown, message: string): void => {
    context.issues.push({ code: 'custom', input, path, message });
  };
  if (watts.length !== metresPerSecond.length) {
    const message = `got ${watts.length} powers, expected ${metresPerSecond.length}, one a speed`;
    complain(['powerCurve', 'watts'], watts, message);
  }
  if (cutIn !== undefined && cutOut !== undefined && cutIn >= cutOut) {
    complain(['cutOutMetresPerSecond'], cutOut, `got ${cutOut}, expected more than cutInMetresPerSecond ${cutIn}`);
  }
  if ((hubMetres === undefined) !== (measuredMetres === undefined)) {
    const missing = hubMetres === undefined ? 'hubMetres' : 'measuredMetres';
    complain([missing], undefined, 'missing, expected metres above ground: hubMetres and measuredMetres go together');
  }
});
