/**
 * The sample traces that come with the product: a made year each, hour by hour, of plants of 1000 W
 * (samples/generate.mjs says how).
 */
import { parseTrace, type Trace } from './parse-trace.js';
import sun from './samples/sun.csv';
import wind from './samples/wind.csv';

const TEXTS = { sun, wind };

export type SampleName = keyof typeof TEXTS;

export const SAMPLE_NAMES = Object.keys(TEXTS) as readonly SampleName[];

/** Parses a sample. */
export function sampleTrace(name: SampleName): Trace {
  return parseTrace(TEXTS[name], { name: `${name}.csv`, secondsPerValue: 3600 });
}
