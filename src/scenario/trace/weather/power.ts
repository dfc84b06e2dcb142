/** A trace of weather as one of power: a PV array's or a turbine's, step by step. */
import { formatNumber } from '../../../numeric/format.js';
import type { Described } from '../columns.js';
import type { Clock } from '../clock.js';
import { readBeside, readSeries, type Opened, type ReadChoice, type Reading } from '../reading.js';
import { TraceRefusal, type Teller } from '../refusal.js';
import {
  IRRADIANCE_UNITS,
  isIrradiance,
  metresPerSecondOf,
  isSpeed,
  SPEED_UNITS,
  speedUnitOf,
  wattsOf,
} from '../units.js';
import { columnsBeside, irradianceColumn, isPlaneSaid, speedColumn } from './columns.js';
import { cellTemperature, coverModifier, directPower, inverterPower, type PvArray } from './pv-power.js';
import type { PvChoice } from './pv-choice.js';
import { solarPosition, type Place, type SolarPosition } from './solar-position.js';
import { onPlane, parted } from './transposition.js';
import { hubFactor, turbinePower, type Turbine } from './wind-power.js';

/** What power is made of. */
export type PowerChoice = ReadChoice & {
  readonly from?: 'irradiance' | 'wind' | undefined;
  readonly pv?: PvChoice | undefined;
  readonly turbine?: Turbine | undefined;
};

/** Reads a table as power, made of weather where that is asked for. @throws {TraceRefusal} */
export function readPower(opened: Opened, choice: PowerChoice, teller: Teller): Reading {
  const { from, pv, turbine } = choice;
  if (from === undefined) return readSeries(opened, choice, teller);
  const weather: Opened = { ...opened, kind: 'weather' };
  if (from === 'irradiance' && pv !== undefined) return pvReading(weather, choice, pv, teller);
  if (from === 'wind' && turbine !== undefined) return windReading(weather, choice, turbine, teller);
  const missing = from === 'wind' ? 'turbine' : 'pv';
  throw new TraceRefusal(teller.name, `${missing}: missing, expected it with "from": "${from}"`, missing);
}

/** The reading with power in the place of its values. @param of power by place and value */
function powered(reading: Reading, power: string, of: (value: number, i: number) => number): Reading {
  const values = reading.values.map(of);
  const isWhole = reading.measured === reading.values;
  const measured = isWhole ? values : values.map((x, i) => (Number.isNaN(reading.measured[i]) ? NaN : x));
  return { ...reading, values, measured, power, unit: 'W', unitText: undefined };
}

function windReading(opened: Opened, choice: PowerChoice, turbine: Turbine, teller: Teller): Reading {
  const { name } = teller;
  const column = speedColumn({ ...opened, name }, choice.column);
  const { unit: given, ...rest } = choice;
  const reading = readSeries(opened, rest, teller, column);
  const isKnown = ['epw', 'tmy3', 'nsrdb', 'pvgis'].includes(reading.format);
  const unit = given ?? speedUnitOf(reading.unitText ?? '') ?? (isKnown ? 'm/s' : undefined);
  if (unit === undefined || !isSpeed(unit)) {
    const came = unit === undefined ? 'missing' : `got ${JSON.stringify(unit)}`;
    const message = `unit: ${came}, expected one of ${SPEED_UNITS.join(', ')} with "from": "wind"`;
    throw new TraceRefusal(name, message, 'unit');
  }
  const factor = metresPerSecondOf(unit) * hubFactor(turbine);
  const most = turbine.powerCurve.watts.reduce((a, b) => Math.max(a, b)) * turbine.count;
  const { hubMetres, measuredMetres } = turbine;
  const height =
    hubMetres === undefined ? '' : `, hub at ${hubMetres} m and wind at ${measuredMetres ?? NaN} m above ground`;
  const words = `a turbine's curve up to ${formatNumber(most)} W${height}, losses ${percent(turbine.losses)}`;
  return powered(reading, words, (speed) => turbinePower(speed * factor, turbine));
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(4))} %`;

/** PVWatts: direct-current power over that of the inverter. */
const USUAL_RATIO = 1.1;

function arrayOf(pv: PvChoice): PvArray {
  const peakWatts = pv.peakWatts ?? (pv.areaSquareMetres ?? NaN) * (pv.moduleEfficiency ?? NaN) * 1000;
  return { ...pv, peakWatts, inverterWatts: pv.inverterWatts ?? peakWatts / USUAL_RATIO };
}

function pvReading(opened: Opened, choice: PowerChoice, pv: PvChoice, teller: Teller): Reading {
  const { name, warnings } = teller;
  const isTilted = pv.tiltDegrees !== undefined;
  const weather = { ...opened, name };
  const column = irradianceColumn(weather, choice.column, isTilted);
  const beside = columnsBeside(weather, pv, isTilted);
  const reading = readSeries(opened, choice, teller, column);
  const { unit, secondsPerValue, values } = reading;
  if (unit === undefined || !isIrradiance(unit)) {
    const came = unit === undefined ? 'missing' : `got ${JSON.stringify(unit)}`;
    const message = `unit: ${came}, expected one of ${IRRADIANCE_UNITS.join(', ')} with "from": "irradiance"`;
    throw new TraceRefusal(name, message, 'unit');
  }
  if (!isTilted && !isPlaneSaid(column)) {
    const message = `column ${JSON.stringify(column.header)} is taken for irradiance in the plane of the modules`;
    warnings.push({ code: 'plane', message: `${message}; give "tiltDegrees" if it is of the horizontal`, key: 'pv' });
  }
  const array = arrayOf(pv);
  const rows = (of: Described | undefined): Float64Array | undefined =>
    of === undefined ? undefined : readBeside(opened, reading, of, choice);
  const air = celsius(rows(beside.air), beside.air);
  const windFactor = metresPerSecondOf(speedUnitOf(beside.wind?.unitText ?? '') ?? 'm/s');
  const wind = rows(beside.wind)?.map((x) => x * windFactor);
  const factor = wattsOf(unit, secondsPerValue);
  const shone = isTilted
    ? tilted(opened, reading, pv, { beam: rows(beside.beam), diffuse: rows(beside.diffuse), factor }, teller)
    : (i: number) => ({ total: values[i] * factor, transmitted: values[i] * factor });
  const temperature = held(air);
  const speed = held(wind);
  return powered(reading, wordsOf(array, pv, beside), (_, i) => {
    const { total, transmitted } = shone(i);
    const cells = temperature === undefined ? 25 : cellTemperature(total, temperature[i], speed?.[i] ?? 1, array.mount);
    return inverterPower(directPower(transmitted, cells, array), array);
  });
}

/** Temperatures in °C, by what the column's unit says. */
function celsius(values: Float64Array | undefined, column: Described | undefined): Float64Array | undefined {
  const unit = column?.unitText ?? '';
  if (/^(?:K|kelvin)$/i.test(unit)) return values?.map((x) => x - 273.15);
  return /^°?F/i.test(unit) ? values?.map((x) => (x - 32) / 1.8) : values;
}

/** Where a value is missing, the one before it (at the start the first): weather of the air changes slowly. */
function held(values: Float64Array | undefined): Float64Array | undefined {
  if (values === undefined) return undefined;
  const first = values.find((x) => !Number.isNaN(x));
  if (first === undefined) return undefined;
  let last = first;
  return values.map((x) => (last = Number.isNaN(x) ? last : x));
}

interface Parts {
  readonly beam: Float64Array | undefined;
  readonly diffuse: Float64Array | undefined;
  /** From the file's unit of global irradiance to W/m². */
  readonly factor: number;
}

/** So much irradiance by night is no twilight. */
const DOUBTFUL_NIGHT = 0.02;

/** Irradiance in the plane of the modules, step by step. @throws {TraceRefusal} */
function tilted(opened: Opened, reading: Reading, pv: PvChoice, parts: Parts, teller: Teller) {
  const { values, secondsPerValue } = reading;
  const { place, first } = placed(opened, reading, pv, teller);
  const plane = {
    tilt: pv.tiltDegrees ?? 0,
    azimuth: pv.azimuthDegrees ?? 180,
    groundReflectance: pv.groundReflectance,
  };
  const { beam, diffuse, factor } = parts;
  const step = secondsPerValue * 1000;
  const openSky = (1 + Math.cos((plane.tilt * Math.PI) / 180)) / 2;
  const suns = Array.from(values, (_, i) => (values[i] > 0 ? sunOf(first + i * step, step, place) : undefined));
  const all = values.reduce((sum, value) => sum + value, 0);
  const byNight = values.reduce((sum, value, i) => (suns[i] === undefined ? sum + value : sum), 0);
  if (byNight > DOUBTFUL_NIGHT * all) {
    const message = `${percent(byNight / all)} of irradiance falls while the sun is down there: another zone or place?`;
    teller.warnings.push({ code: 'sunAtNight', message, key: 'timeZone' });
  }
  return (i: number): { total: number; transmitted: number } => {
    const global = values[i] * factor;
    const sun = suns[i];
    if (sun === undefined) return { total: global * openSky, transmitted: global * openSky };
    const measured = { global, beam: beam?.[i] ?? NaN, diffuse: diffuse?.[i] ?? NaN };
    const on = onPlane(parted(measured, sun), sun, plane);
    const scattered = on.sky + on.ground;
    return { total: on.beam + scattered, transmitted: on.beam * coverModifier(on.incidence) + scattered };
  };
}

/** Where modules stand, and when the first interval begins. @throws {TraceRefusal} where the sun cannot be found */
function placed(
  { table }: Opened,
  { clock, first, secondsPerValue, name }: Reading,
  pv: PvChoice,
  { warnings }: Teller,
): { readonly place: Place; readonly first: number } {
  const { latitude = pv.latitude, longitude = pv.longitude } = table.about;
  for (const [key, found] of [
    ['latitude', latitude],
    ['longitude', longitude],
  ] as const) {
    if (found !== undefined) continue;
    const message = `pv.${key}: missing, and the file does not say where it is, expected degrees`;
    throw new TraceRefusal(name, message, `pv.${key}`);
  }
  const place = { latitude: pv.latitude ?? latitude ?? NaN, longitude: pv.longitude ?? longitude ?? NaN };
  const far = Math.max(Math.abs(place.latitude - (latitude ?? NaN)), Math.abs(place.longitude - (longitude ?? NaN)));
  if (far > 1) {
    const message =
      `the file is of ${latitude ?? NaN}°, ${longitude ?? NaN}°, and pv says ${place.latitude}°, ` +
      `${place.longitude}°`;
    warnings.push({ code: 'place', message, key: 'pv' });
  }
  if (secondsPerValue > 3600) {
    const message = `pv.tiltDegrees: got it with steps of ${secondsPerValue} s, expected steps of an hour at most`;
    throw new TraceRefusal(name, message, 'pv.tiltDegrees');
  }
  return { place, first: instantOfFirst(clock, first, name) };
}

function instantOfFirst(clock: Clock | undefined, first: number | undefined, name: string): number {
  if (clock?.kind === 'zoned' && first !== undefined) return first;
  const message = 'timeZone: missing, and the times of the file name none, expected one: the sun is found by the clock';
  throw new TraceRefusal(name, message, 'timeZone');
}

/** In half an hour it moves no more than that. */
const HALF_HOUR_DEGREES = 8;
/** Halvings until the time of its rise or set is known to a second. */
const HALVINGS = 12;

/** The sun in the middle of an interval, or of the part of it in which it is up; undefined by night. */
function sunOf(start: number, step: number, place: Place): SolarPosition | undefined {
  const at = (instant: number): SolarPosition => solarPosition(instant, place);
  const middle = at(start + step / 2);
  if (middle.elevation > HALF_HOUR_DEGREES) return middle;
  if (middle.elevation < -HALF_HOUR_DEGREES) return undefined;
  const isUp = (instant: number): boolean => at(instant).elevation > 0;
  const [rises, sets] = [isUp(start), isUp(start + step)];
  if (rises === sets) return middle.elevation > 0 ? middle : undefined;
  let [dark, light] = rises ? [start + step, start] : [start, start + step];
  for (let k = 0; k < HALVINGS; k++) {
    const between = (dark + light) / 2;
    if (isUp(between)) light = between;
    else dark = between;
  }
  return at((light + (rises ? start : start + step)) / 2);
}

/** What power was made of, in words. */
function wordsOf(array: PvArray, pv: PvChoice, { beam, diffuse, air, wind }: ReturnType<typeof columnsBeside>): string {
  const { tiltDegrees: tilt, azimuthDegrees: azimuth = 180 } = pv;
  const plane = tilt === undefined ? 'in the plane of the file' : `at ${tilt}°, azimuth ${azimuth}°`;
  const named = (what: string, column: Described | undefined): string[] =>
    column === undefined ? [] : [`${what} ${JSON.stringify(column.header || column.index + 1)}`];
  const parts = [...named('beam', beam), ...named('diffuse', diffuse)];
  const estimated = tilt === undefined || parts.length > 0 ? [] : ['beam and diffuse estimated (Erbs)'];
  const weather = air === undefined ? ['no temperature'] : [...named('air', air), ...named('wind', wind)];
  return [
    `PV of ${formatNumber(array.peakWatts)} W peak ${plane}`,
    `inverter ${formatNumber(array.inverterWatts)} W`,
    `losses ${percent(array.losses)}`,
    ...[...parts, ...estimated, ...weather],
  ].join(', ');
}
