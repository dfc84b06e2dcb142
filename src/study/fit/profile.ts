/** What of the arrivals is predictable: the hour of the day. What is left is counted against it. */
import type { Requests } from '../../scenario/trace/requests.js';
import { windowSums } from './counts.js';

const DAY = 86_400;
const HOUR = 3600;
const HOURS = 24;

/** Factors of the mean rate by hour of the day, from the midnight of the file's clock (or the file's start) on. */
export interface DayProfile {
  readonly factors: readonly number[];
  /** Seconds after that midnight at which the file begins. */
  readonly offset: number;
}

/** The profile of a file of two days or more, whose hours have been seen twice; undefined of a shorter one. */
export function dayProfile(requests: Requests): DayProfile | undefined {
  const { seconds, span, startOfDay = 0 } = requests;
  if (span < 2 * DAY) return undefined;
  const offset = startOfDay;
  const counts = new Float64Array(HOURS);
  for (const at of seconds) counts[Math.floor(((at + offset) % DAY) / HOUR)]++;
  const observed = new Float64Array(HOURS);
  // Hours of the clock that the file covers, the first and the last in part.
  for (let at = 0; at < span;) {
    const clock = (at + offset) % DAY;
    const hour = Math.floor(clock / HOUR);
    const length = Math.min(span - at, (hour + 1) * HOUR - clock);
    observed[hour] += length;
    at += length;
  }
  const rates = Array.from(counts, (count, hour) => count / observed[hour]);
  const mean = rates.reduce((a, b) => a + b, 0) / HOURS;
  return { factors: rates.map((rate) => rate / mean), offset };
}

/** Requests a second with the profile at 1: over its day, which whole days of the file are. */
export function meanRate(requests: Requests, profile: DayProfile | undefined): number {
  const { seconds, span } = requests;
  if (profile === undefined) return seconds.length / span;
  return seconds.length / profileSeconds(profile, 0, span);
}

/** ∫ of the profile from `from` to `to`, seconds after the file's start. */
function profileSeconds({ factors, offset }: DayProfile, from: number, to: number): number {
  const days = Math.floor((to - from) / DAY);
  let sum = days * DAY;
  for (let at = from + days * DAY; at < to - 1e-9;) {
    const clock = (at + offset) % DAY;
    const hour = Math.min(HOURS - 1, Math.floor(clock / HOUR));
    const length = Math.min(to - at, (hour + 1) * HOUR - clock);
    sum += factors[hour] * length;
    at += length;
  }
  return sum;
}

/** What windows are expected to hold. */
export function expectedCounts(requests: Requests, profile: DayProfile | undefined, window: number): Float64Array {
  const counts = windowSums(requests, window);
  const rate = meanRate(requests, profile);
  if (profile === undefined) {
    // The file's own mean over whole windows.
    const mean = counts.reduce((a, b) => a + b, 0) / counts.length;
    return counts.fill(mean);
  }
  return counts.map((_, i) => rate * profileSeconds(profile, i * window, (i + 1) * window));
}
