/** `harvest.trace` in a scenario: values, a sample, a file; what is checked, and what a scenario then holds. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { parseScenario } from '../../src/scenario/parse.js';
import type { HarvestByTrace } from '../../src/scenario/scenario.js';
import { resolveTrace, resolveTraceReference, traceFile } from '../../src/scenario/trace/resolve.js';

const scenarioWith = (trace: unknown, more: object = {}): Record<string, unknown> => ({
  schemaVersion: 1,
  slotSeconds: 60,
  arrivals: { ratePerSlot: 2 },
  tasks: [{ energyJoules: 5 }],
  harvest: { trace, ...more },
});
const parsed = (document: unknown): HarvestByTrace => parseScenario(document).harvest as HarvestByTrace;
const good = { values: [1, 0, 2], unit: 'W', secondsPerValue: 60 };
const loop = { play: 'loop', start: 'first' };
const csv = 'time,power_MW\n0,1\n60,\n120,2\n';

function errorOf(make: () => unknown): InputError {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return error as InputError;
  }
  throw new Error('expected an InputError, got none');
}

describe('a good trace', () => {
  it('gets its defaults, and survives being written out', () => {
    const scenario = parseScenario(scenarioWith(good, { mean: { timesDemand: 1.1 } }));
    expect(scenario.harvest).toEqual({ mean: { timesDemand: 1.1 }, trace: { ...good, ...loop } });
    expect(parseScenario(JSON.parse(JSON.stringify(scenario)))).toEqual(scenario);
  });
  it.each([
    [{}, { blockSeconds: 86_400, alignSeconds: 86_400 }],
    [{ blockSeconds: 7 * 86_400 }, { blockSeconds: 7 * 86_400, alignSeconds: 86_400 }],
    [{ blockSeconds: 7200 }, { blockSeconds: 7200, alignSeconds: 7200 }],
    [{ alignSeconds: 60 }, { blockSeconds: 86_400, alignSeconds: 60 }],
    [{ alignSeconds: 2 * 86_400 }, { blockSeconds: 2 * 86_400, alignSeconds: 2 * 86_400 }],
  ])('bootstrapped with %j has blocks of days', (given, blocks) => {
    const scenario = parseScenario(scenarioWith({ ...good, play: 'bootstrap', noiseShape: 4, ...given }));
    expect((scenario.harvest as HarvestByTrace).trace).toEqual({
      ...good,
      play: 'bootstrap',
      start: 'first',
      noiseShape: 4,
      ...blocks,
    });
    expect(parseScenario(scenario)).toEqual(scenario);
  });
  it.each(['sun', 'wind'])('may be the sample %s', (sample) => {
    const document = scenarioWith({ sample, start: 'random' });
    expect(resolveTrace(document, () => '')).toBe(document);
    const { trace } = parsed(document);
    expect(trace).toMatchObject({ unit: 'W', secondsPerValue: 3600, play: 'loop', start: 'random' });
    expect(trace.values).toHaveLength(8760);
  });
  it('may be in a file', async () => {
    const document = scenarioWith({ csv: 'a.csv', gaps: 'interpolate', start: 'random' }, { mean: 7 });
    const before = structuredClone(document);
    expect(traceFile(document)).toBe('a.csv');
    const expected = {
      mean: 7,
      trace: { values: [1000, 1500, 2000], unit: 'kW', secondsPerValue: 60, play: 'loop', start: 'random' },
    };
    const names: string[] = [];
    const read = (name: string): string => {
      names.push(name);
      return csv;
    };
    expect(parsed(resolveTrace(document, read))).toEqual(expected);
    expect(parsed(await resolveTraceReference(document, (name) => Promise.resolve(read(name))))).toEqual(expected);
    expect(names).toEqual(['a.csv', 'a.csv']);
    expect(document).toEqual(before);
  });
  it('of a million values is checked', () => {
    expect(parsed(scenarioWith({ ...good, values: Array<number>(1e6).fill(1) })).trace.values).toHaveLength(1e6);
  });
  it('may be left out, whatever the document is', async () => {
    for (const document of [
      null,
      3,
      [],
      {},
      { harvest: 3 },
      { harvest: {} },
      { harvest: { trace: 'sun' } },
      scenarioWith(good),
    ]) {
      expect(resolveTrace(document, () => '')).toBe(document);
      expect(await resolveTraceReference(document, () => Promise.reject(new Error('not read')))).toBe(document);
    }
  });
});

describe('a bad trace is told by its field', () => {
  it.each<[string, unknown, string]>([
    ['harvest.trace', 'sun', 'got "sun", expected an object with values'],
    ['harvest.trace.values', { ...good, values: undefined }, 'missing, expected a list of numbers ≥ 0'],
    ['harvest.trace.values', { ...good, values: [] }, 'got an empty list'],
    ['harvest.trace.values', { ...good, values: [0, 0] }, 'got zeros alone'],
    ['harvest.trace.values[1]', { ...good, values: [1, -2] }, 'got -2, expected a number ≥ 0'],
    ['harvest.trace.values[0]', { ...good, values: ['1'] }, 'got "1", expected a number ≥ 0'],
    ['harvest.trace.values[1]', { ...good, values: [1, null] }, 'got null'],
    ['harvest.trace.unit', { ...good, unit: 'watts' }, 'got "watts", expected "W" or "kW" or "J" or "kWh"'],
    ['harvest.trace.secondsPerValue', { ...good, secondsPerValue: 0 }, 'got 0, expected a number > 0 (seconds)'],
    ['harvest.trace.play', { ...good, play: 'once' }, 'got "once", expected "loop" or "bootstrap"'],
    ['harvest.trace.start', { ...good, start: 'last' }, 'expected "first" or "random"'],
    ['harvest.trace.noiseShape', { ...good, noiseShape: 0 }, 'expected a number > 0'],
    ['harvest.trace.blockSeconds', { ...good, blockSeconds: 60 }, 'got 60 with "play": "loop", which has no blocks'],
    ['harvest.trace.sample', { sample: 'sea' }, 'got "sea", expected "sun" or "wind"'],
    ['harvest.trace.strat', { sample: 'sun', strat: 'first' }, 'the nearest known key is "start"'],
    ['harvest.trace', { ...good, sample: 'sun' }, 'expected one of values, csv and sample, not several'],
    ['harvest.trace', { csv: 'a.csv' }, 'here no file is read'],
  ])('%s of %j', (field, trace, message) => {
    const error = errorOf(() => parseScenario(scenarioWith(trace)));
    expect(error.field).toBe(field);
    expect(error.message).toContain(`${field}: `);
    expect(error.message).toContain(message);
  });
  it('and has no variance, no profile', () => {
    expect(errorOf(() => parseScenario(scenarioWith(good, { variance: 3 }))).message).toMatch(
      /^harvest\.variance: unknown key/,
    );
  });
  it.each<[string, object, string]>([
    ['harvest.trace.colum', { colum: 2 }, 'harvest.trace.colum: unknown key; the nearest known key is "column"'],
    [
      'harvest.trace.column',
      { column: 0 },
      "harvest.trace.column: got 0, expected a header's text or a column's number from 1",
    ],
    [
      'harvest.trace.gaps',
      { gaps: 'skip' },
      'harvest.trace.gaps: got "skip", expected "refuse" or "zero" or "interpolate"',
    ],
    ['harvest.trace.unit', { unit: 'watts' }, 'harvest.trace.unit: got "watts", expected "W" or "kW" or "MW"'],
    ['harvest.trace', {}, 'harvest.trace: a.csv: line 3, column "power_MW": got nothing'],
    ['harvest.trace', { gaps: 'zero', unit: 'W' }, 'harvest.trace: a.csv: unit: got "W", expected "MW"'],
  ])('%s of a file, %j', (field, options, message) => {
    const error = errorOf(() => resolveTrace(scenarioWith({ csv: 'a.csv', ...options }), () => csv));
    expect(error.field).toBe(field);
    expect(error.message).toContain(message);
  });
});
