/** The axis of horizons: logarithmic, or linear where they are spaced evenly, labelled with the horizons themselves. */
import { largestOf, smallestOf } from '../../numeric/extremes.js';
import { CHART_WIDTH } from './chart.js';
import type { Axis, ChartSetting } from './chart.js';
import { formatPlain } from './ticks.js';

/** A logarithmic axis. @param slots ascending */
export function horizonAxis(slots: readonly number[], { width = CHART_WIDTH }: ChartSetting): Axis {
  const [first, last] = [smallestOf(slots), largestOf(slots)];
  return {
    label: 'T, slots',
    type: 'log',
    domain: [first / 1.3, last * 1.3],
    ticks: spread(slots, Math.log, room(width), Math.log(last / first) || 1),
    format: formatPlain,
  };
}

/** Linear where the horizons are about as many as the last is of the first, as those of a day are; else logarithmic. */
export function evenHorizonAxis(slots: readonly number[], setting: ChartSetting): Axis {
  const [first, last] = [smallestOf(slots), largestOf(slots)];
  if (slots.length < 3 || last / first > 2 * slots.length) return horizonAxis(slots, setting);
  return {
    label: 'T, slots',
    domain: [0, 1.04 * last],
    ticks: spread(slots, (t) => t, room(setting.width ?? CHART_WIDTH), last),
    format: formatPlain,
  };
}

/** Labels that there is room for. */
function room(width: number): number {
  return Math.floor((width - 80) / 56);
}

/** Of ascending values those that stand apart on an axis of that length with room for `most`. */
function spread(values: readonly number[], place: (v: number) => number, most: number, length: number): number[] {
  const kept: number[] = [];
  for (const value of [...values].reverse()) {
    if (kept.length === 0 || place(kept[0]) - place(value) >= length / most) kept.unshift(value);
  }
  return kept;
}
