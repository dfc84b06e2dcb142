/** Values that a sweep varies, in the units that people read: watt-hours for joules, hours for seconds. */
import { largestOf } from '../../numeric/extremes.js';
import { dimensionOf } from '../../scenario/quantities.js';
import { scaleFor } from '../table.js';
import type { Scaled } from '../table.js';

const JOULES_PER_WATT_HOUR = 3600;

/** Watt-hours with the prefix that suits energies in joules. */
export function wattHours(joules: readonly number[]): Scaled {
  const { unit, factor } = scaleFor(
    joules.map((value) => value / JOULES_PER_WATT_HOUR),
    'Wh',
  );
  return { unit, factor: factor * JOULES_PER_WATT_HOUR };
}

const TIMES: readonly Scaled[] = [
  { unit: 'd', factor: 86_400 },
  { unit: 'h', factor: 3600 },
  { unit: 'min', factor: 60 },
  { unit: 's', factor: 1 },
];

/** How the axis of a path is labelled. */
export interface ReadableAxis {
  readonly name: string;
  readonly values: readonly string[];
}

/**
 * The name of an axis with its unit, and its values in it; as they are where they have no unit that is known.
 *
 * @param slotSeconds where all points have slots of one length: a harvest is then told as power.
 */
export function readableAxis(path: string, values: readonly unknown[], slotSeconds: number | undefined): ReadableAxis {
  const numbers = values.filter((value) => typeof value === 'number');
  const scale = numbers.length === values.length ? scaleOf(path, numbers, slotSeconds) : undefined;
  if (scale === undefined) return { name: path, values: values.map(String) };
  const name = path.replace(/(Joules|Watts|Seconds)$/, '');
  // Twelve digits: a value that was written in this unit reads as it was written.
  return {
    name: `${name}, ${scale.unit}`,
    values: numbers.map((value) => String(Number((value / scale.factor).toPrecision(12)))),
  };
}

function scaleOf(path: string, values: readonly number[], slotSeconds: number | undefined): Scaled | undefined {
  const largest = largestOf(values.map(Math.abs));
  switch (dimensionOf(path)) {
    case 'energy':
      return wattHours([largest]);
    case 'power':
      return scaleFor([largest], 'W');
    case 'slotEnergy': {
      if (slotSeconds === undefined) return scaleFor([largest], 'J');
      const { unit, factor } = scaleFor([largest / slotSeconds], 'W');
      return { unit, factor: factor * slotSeconds };
    }
    case 'time':
      return TIMES.find(({ factor }) => largest >= factor) ?? { unit: 's', factor: 1 };
    default:
      return undefined;
  }
}
