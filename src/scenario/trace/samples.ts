/**
 * The sample traces that come with the product: a made year each, hour by hour, of plants of 1000 W
 * (samples/generate.mjs says how).
 */
import type { Trace } from '../scenario.js';
import sun from './samples/sun.csv';
import wind from './samples/wind.csv';

const TEXTS = { sun, wind };

export type SampleName = keyof typeof TEXTS;

export const SAMPLE_NAMES = Object.keys(TEXTS) as readonly SampleName[];

/** A sample: a number a line, after comments and a header. The reader of files, which is large, is not asked. */
export function sampleTrace(name: SampleName): Pick<Trace, 'values' | 'unit' | 'secondsPerValue'> {
  const lines = TEXTS[name].trimEnd().split('\n');
  const header = lines.indexOf('power_W');
  return { values: lines.slice(header + 1).map(Number), unit: 'W', secondsPerValue: 3600 };
}
