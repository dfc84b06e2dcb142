/**
 * Fits to files of requests. Right values of requests.csv are those of expected.json, computed apart; layouts are
 * written out here as their publishers describe them.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nextWord, pathState } from '../../../src/engine/stream.js';
import { PURPOSE } from '../../../src/engine/purposes.js';
import { streamKey } from '../../../src/engine/stream-key.js';
import { parseScenario } from '../../../src/scenario/parse.js';
import { readRequests } from '../../../src/scenario/trace/requests.js';
import { TraceRefusal } from '../../../src/scenario/trace/refusal.js';
import { dispersionOf, windowSums } from '../../../src/study/fit/counts.js';
import { modulatedSlots } from '../../../src/study/fit/models.js';
import { fitRequests } from '../../../src/study/fit/requests.js';
import { binMoments, tokenBins } from '../../../src/study/fit/token-bins.js';

const file = (name: string): string => readFileSync(new URL(`../../scenario/files/${name}`, import.meta.url), 'utf8');
const EXPECTED = (
  JSON.parse(file('expected.json')) as Record<
    string,
    { windows: Record<string, { mean: number; dispersion: number }>; meanGeneratedTokens: number; seconds: number }
  >
)['requests.csv'];

const requests = readRequests(file('requests.csv'), 'requests.csv', {});
const OPTIONS = { slotSeconds: 1, joulesPerToken: 0.5, bins: 12, risk: 0.05, seed: '1' };

/** The key of a refusal. */
function refusal(text: string, keys: object = {}): string | undefined {
  try {
    readRequests(text, 'file', keys);
  } catch (error) {
    expect(error).toBeInstanceOf(TraceRefusal);
    return (error as TraceRefusal).key ?? 'none';
  }
  return undefined;
}

describe('layouts', () => {
  it('Azure, whose file begins and ends on the clock', () => {
    expect(requests).toMatchObject({ format: 'azure', span: EXPECTED.seconds, startOfDay: 9 * 3600 });
    expect(requests.seconds.length).toBe(6651);
  });

  it('BurstGPT, whose failed requests have no tokens', () => {
    const text = [
      'Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type',
      '5,ChatGPT,472,18,490,Conversation log',
      '45,ChatGPT,1087,0,1087,Conversation log',
      '118,GPT-4,417,276,693,Conversation log',
    ].join('\n');
    const read = readRequests(text, 'file', {});
    expect(read.format).toBe('burstgpt');
    expect([...read.tokens]).toEqual([18, 276]);
    expect(read.warnings.map(({ code }) => code)).toEqual(['noTokens']);
    expect(read.seconds[1] - read.seconds[0]).toBe(113);
  });

  it('Mooncake, in milliseconds', () => {
    const text = [
      '{"timestamp": 0, "input_length": 6758, "output_length": 500, "hash_ids": [0, 1]}',
      '{"timestamp": 3000, "input_length": 7322, "output_length": 490, "hash_ids": [0, 2]}',
    ].join('\n');
    const read = readRequests(text, 'file', {});
    expect(read.format).toBe('mooncake');
    expect([...read.seconds]).toEqual([0, 3]);
    expect(read.warnings.map(({ code }) => code)).toEqual(['milliseconds']);
    expect(refusal(file('mooncake.jsonl'))).toBe('none');
  });

  it('Vidur', () => {
    const text = 'arrived_at,num_prefill_tokens,num_decode_tokens\n0.0,400,11\n0.5,300,12\n4.0,200,13\n';
    const read = readRequests(text, 'file', {});
    expect(read.format).toBe('vidur');
    expect([...read.tokens]).toEqual([11, 12, 13]);
    expect([...read.seconds]).toEqual([0, 0.5, 4]);
  });

  it('any times and tokens: by the only column, else by name; what is no count is refused', () => {
    expect([...readRequests('time_s,n\n0,3\n7,4\n', 'file', {}).tokens]).toEqual([3, 4]);
    const two = 'time_s,a,b\n0,3,5\n7,4,6\n';
    expect(refusal(two)).toBe('column');
    expect([...readRequests(two, 'file', { column: 'b' }).tokens]).toEqual([5, 6]);
    expect(refusal('time_s,n\n0,3\n7,-4\n')).toBe('column');
    expect(refusal('n,m\n1,2\n3,4\n', { column: 'n' })).toBe('timeColumn');
  });
});

it('counts in windows are dispersed as measured', () => {
  for (const [seconds, { mean, dispersion }] of Object.entries(EXPECTED.windows)) {
    const counts = windowSums(requests, Number(seconds));
    expect(counts.reduce((a, b) => a + b, 0) / counts.length).toBeCloseTo(mean, 9);
    // Stamps have microseconds, and are read in milliseconds: a few stand in the next window.
    expect(Math.abs(dispersionOf(counts) / dispersion - 1)).toBeLessThan(3e-3);
  }
});

it('kinds of task keep mean and variance', () => {
  const { tokens } = requests;
  const mean = tokens.reduce((a, b) => a + b, 0) / tokens.length;
  const variance = tokens.reduce((sum, x) => sum + (x - mean) ** 2, 0) / tokens.length;
  expect(mean).toBeCloseTo(EXPECTED.meanGeneratedTokens, 9);
  for (const count of [1, 4, 12, 40]) {
    const bins = tokenBins(tokens, count);
    const own = binMoments(bins);
    expect(bins.length).toBeLessThanOrEqual(count);
    expect(own.mean / mean).toBeCloseTo(1, 12);
    if (count > 1) expect(own.variance / variance).toBeCloseTo(1, 10);
    expect(bins.reduce((sum, { weight }) => sum + weight, 0)).toBe(tokens.length);
  }
  expect(tokenBins(Float64Array.of(7, 7, 7), 12)).toEqual([{ tokens: 7, weight: 3, from: 7, to: 7 }]);
});

describe('requests.csv', () => {
  const fitted = fitRequests(requests, OPTIONS);

  it('gives parts that a scenario takes', () => {
    const { slotSeconds, arrivals, tasks } = fitted;
    const scenario = parseScenario({ schemaVersion: 1, slotSeconds, arrivals, tasks });
    expect(scenario.arrivals.ratePerSlot).toBeCloseTo(6651 / 5400, 12);
    const weights = tasks.reduce((sum, { weight }) => sum + weight, 0);
    const mean = tasks.reduce((sum, { weight, energyJoules }) => sum + weight * energyJoules, 0) / weights;
    expect(mean).toBeCloseTo(0.5 * EXPECTED.meanGeneratedTokens, 9);
    expect(fitted.fit.varianceTokens / fitted.fit.measuredVarianceTokens).toBeCloseTo(1, 3);
  });

  it('two loads: simulated windows are dispersed as the file’s, within 15 %; independent slots are not', () => {
    const { load, windows } = fitted.fit;
    if (load === null) throw new Error('no loads were fitted');
    // One token each, so that tokens are counts; 1e5 windows of 60 s and more than that of 1 and 10 s, 2e4 of 300 s:
    // the standard error of the dispersion is below 1.5 % throughout.
    const state = pathState(streamKey('windows'), 0, PURPOSE.arrivals);
    const one = [{ tokens: 1, weight: 1, from: 1, to: 1 }];
    const next = modulatedSlots(fitted.arrivals.ratePerSlot, load, one)(() => nextWord(state));
    const counts = Float64Array.from({ length: 6_000_000 }, next);
    for (const { seconds, measured, fitted: independent } of windows) {
      const sums = new Float64Array(counts.length / seconds);
      counts.forEach((count, i) => (sums[Math.floor(i / seconds)] += count));
      expect(Math.abs(dispersionOf(sums) / measured - 1)).toBeLessThan(0.15);
      if (seconds >= 10) expect(independent / measured).toBeLessThan(0.85);
    }
  });

  it('Remark 1 does not hold: independent slots ask for less than the file’s own blocks', () => {
    const { remark1 } = fitted.fit;
    const [poisson, dispersed, modulated, blocks] = remark1.models;
    expect(remark1.models.map(({ model }) => model)).toEqual(['poisson', 'dispersed', 'modulated', 'bootstrap']);
    expect(remark1.holds).toBe(false);
    expect(dispersed.interval.upper).toBeLessThan(blocks.interval.lower);
    expect(poisson.interval.upper).toBeLessThan(dispersed.interval.lower);
    expect(modulated.interval.lower).toBeLessThan(blocks.interval.upper);
    expect(blocks.interval.lower).toBeLessThan(modulated.interval.upper);
  });
});

/** Requests that come as a Poisson process: a made file of so many seconds. */
function poissonFile(span: number, rate: (at: number) => number, most: number): string {
  const state = pathState(streamKey('poisson file'), 0, PURPOSE.arrivals);
  const uniform = (): number => (nextWord(state) + 0.5) / 2 ** 32;
  const rows = ['TIMESTAMP,ContextTokens,GeneratedTokens'];
  const start = Date.UTC(2026, 0, 5);
  for (let at = 0; ;) {
    at -= Math.log(uniform()) / most;
    if (at >= span) return rows.join('\n');
    if (uniform() < rate(at) / most)
      rows.push(`${new Date(start + at * 1000).toISOString()},10,${(rows.length % 9) + 1}`);
  }
}

it('a Poisson process: Remark 1 holds', () => {
  const made = readRequests(
    poissonFile(7200, () => 0.5, 0.5),
    'poisson.csv',
    {},
  );
  const { fit, arrivals } = fitRequests(made, { ...OPTIONS, slotSeconds: 10 });
  expect(fit.remark1.holds).toBe(true);
  expect(arrivals.dispersion ?? 1).toBeLessThan(1.2);
});

it('days: the profile is taken out first', () => {
  const rate = (at: number): number => 0.02 * (1 + 0.9 * Math.sin((2 * Math.PI * at) / 86_400));
  const made = readRequests(poissonFile(4 * 86_400, rate, 0.04), 'days.csv', {});
  const { fit, arrivals, tasks, slotSeconds } = fitRequests(made, { ...OPTIONS, slotSeconds: 60 });
  expect(arrivals.profile?.values.length).toBe(24);
  // Mean of the rate in the hours from 6 and from 18: 1 ± 0.9·sin over that hour; about 260 and 16 requests an hour.
  expect(arrivals.profile?.values[6]).toBeGreaterThan(1.6);
  expect(arrivals.profile?.values[18]).toBeLessThan(0.4);
  const longest = fit.windows[fit.windows.length - 1];
  expect(longest.measured).toBeGreaterThan(3 * longest.unpredicted);
  expect(fit.remark1.holds).toBe(true);
  expect(parseScenario({ schemaVersion: 1, slotSeconds, arrivals, tasks }).arrivals.profile).toBeDefined();
});

it('a file shorter than ten slots is refused', () => {
  const made = readRequests('time_s,n\n0,3\n7,4\n', 'short.csv', {});
  expect(() => fitRequests(made, OPTIONS)).toThrow('expected 10 slots or more');
});
