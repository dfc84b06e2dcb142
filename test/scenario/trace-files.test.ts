/**
 * Files in the layouts that people have (test/scenario/files, with expected.json): right values, or a refusal that
 * names the key that mends it, and then the right values.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inspectText, type Inspection } from '../../src/scenario/trace/inspect.js';
import { TraceRefusal } from '../../src/scenario/trace/refusal.js';
import { resolveTrace } from '../../src/scenario/trace/resolve.js';
import { textOf } from '../../src/scenario/trace/text-of.js';

const folder = new URL('files/', import.meta.url);

interface Expected {
  readonly values?: readonly (number | null)[] | null;
  readonly secondsPerValue?: number | null;
  readonly firstInterval?: string;
  readonly given?: object;
  readonly generatedTokens?: readonly number[];
  readonly requests?: number;
}
const expected = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')) as Record<string, Expected>;

function inspected(file: string, keys: object = {}): Inspection {
  const text = textOf(readFileSync(new URL(file, folder)), { name: file, warnings: [] });
  return inspectText(text, file, { ...expected[file].given, ...keys }).inspection;
}

/** The key that a refusal names. */
function keyOf(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(TraceRefusal);
    return (error as TraceRefusal).key;
  }
  return undefined;
}

/** What mends a file that is refused as it is, in the order in which the refusals name keys. */
const MENDED: Readonly<Record<string, readonly (readonly [key: string, keys: object])[]>> = {
  'de_thousands.csv': [['thousands', { thousands: '.' }]],
  'smard.csv': [['gaps', { gaps: 'zero' }]],
  'pick4.csv': [['column', { column: 'solar', unit: 'kW' }]],
  'ha_cum.csv': [['counter', { counter: true }]],
  'gap20.csv': [['gaps', { gaps: 'sameHour' }]],
  'mixed_res.csv': [['resample', { resample: 3600 }]],
  'tmy3.csv': [['gaps', { gaps: 'zero' }]],
  'weather.epw': [['gaps', { gaps: 'zero' }]],
  'opsd.csv': [['gaps', { gaps: 'zero' }]],
};

it('every file has its line in expected.json', () => {
  expect(
    readdirSync(folder)
      .filter((file) => file !== 'expected.json')
      .sort(),
  ).toEqual(Object.keys(expected).sort());
});

describe.each(Object.entries(expected))('%s', (file, want) => {
  it('is read right, or refused with the key that mends it', () => {
    let keys = {};
    for (const [key, mending] of MENDED[file] ?? []) {
      const before = keys;
      expect(keyOf(() => inspected(file, before))).toBe(key);
      keys = { ...keys, ...mending };
    }
    if (file === 'p9999.csv') {
      expect(inspected(file).warnings.map(({ code, key }) => `${code} ${key}`)).toEqual(['sentinel missing']);
      expect(keyOf(() => inspected(file, { missing: [9999] }))).toBe('gaps');
      keys = { missing: [9999], gaps: 'zero' };
    }
    const found = inspected(file, keys);
    if (want.generatedTokens !== undefined || want.requests !== undefined) {
      expect(found).toMatchObject({ kind: 'requests', count: want.requests });
      if (want.generatedTokens !== undefined) expect(found.values).toEqual(want.generatedTokens);
      return;
    }
    if (want.values) expect(found.values.slice(0, want.values.length)).toEqual(want.values);
    if (want.secondsPerValue) expect(found.secondsPerValue).toBe(want.secondsPerValue);
    const first = want.firstInterval ?? '';
    if (/Z$|[+-]\d\d:\d\d$/.test(first)) expect(Date.parse(found.firstInterval ?? '')).toBe(Date.parse(first));
    const berlin = /^(.*) Europe\/Berlin$/.exec(first)?.[1];
    if (berlin !== undefined) {
      expect([found.timeZone, found.firstInterval?.slice(0, 16)]).toEqual(['Europe/Berlin', berlin]);
    }
  });
});

it('what expected.json says in words', () => {
  expect(inspected('de_thousands.csv', { thousands: '.' }).firstInterval).toBe('2024-06-01T10:00');
  expect(inspected('pick4.csv', { column: 'solar', unit: 'kW' }).values).toEqual([0, 50_000, 70_000]);
  expect(inspected('aemo.csv')).toMatchObject({
    values: [2.25e6],
    firstInterval: '2026-02-21T19:45+10:00',
    stamp: 'end',
  });
  expect(inspected('loop47.csv').warnings.map(({ code }) => code)).toEqual(['partDays']);
  expect(inspected('nvsmi.csv')).toMatchObject({ kind: 'load', column: 'power.draw [W]', values: [44.94, 45.06] });
  expect(inspected('elia_desc.csv').warnings.map(({ code }) => code)).toContain('newestFirst');
  for (const resample of [3600, 900]) {
    expect(new Set(inspected('mixed_res.csv', { resample }).values)).toEqual(new Set([4e6]));
  }
  const filled = inspected('gap20.csv', { gaps: 'sameHour' });
  expect(filled).toMatchObject({ filled: 20, count: 72 });
  // Both other days are alike: what is filled makes the third like them.
  const days = [...readFileSync(new URL('gap20.csv', folder), 'utf8').matchAll(/2024-01-01T.*,([\d.]+)/g)];
  const ofDay = days.reduce((sum, [, watts]) => sum + Number(watts), 0) / 24;
  expect(filled.meanWatts).toBeCloseTo(ofDay, 6);
  expect(keyOf(() => inspected('gap20.csv', { gaps: 'interpolate' }))).toBe('gaps');
  expect(keyOf(() => inspected('aemo.csv', { where: {} }))).toBe('where');
  expect(keyOf(() => inspected('entsoe_long.csv', { where: {} }))).toBe('where');
});

describe('startTime', () => {
  const valuesOf = (csv: string, startTime: string, contents?: string): readonly number[] => {
    const document = { startTime, harvest: { trace: { csv } } };
    const read = (): string | Uint8Array => contents ?? readFileSync(new URL(csv, folder));
    return (resolveTrace(document, read) as { harvest: { trace: { values: number[] } } }).harvest.trace.values;
  };
  it('gives a file in UTC and one in local time the same values', () => {
    for (const startTime of [
      '2024-06-01T08:00Z',
      '2024-06-01T00:00-08:00',
      '2024-06-03T13:00Z',
      '2024-06-01T01:00 America/Los_Angeles',
    ]) {
      expect(valuesOf('site_utc.csv', startTime)).toEqual(valuesOf('site_local.csv', startTime));
    }
  });
  it('gives stamps at the end of intervals and at their start the same values', () => {
    const [head, ...rows] = readFileSync(new URL('site_utc.csv', folder), 'utf8').trim().split('\n');
    const later = rows.map((row) => {
      const [time, value] = row.split(',');
      return `${new Date(Date.parse(time) + 3_600_000).toISOString()},${value}`;
    });
    const ends = [head.replace('time', 'hour ending'), ...later].join('\n');
    expect(valuesOf('ends.csv', '2024-06-01T00:00Z', ends)).toEqual(valuesOf('site_utc.csv', '2024-06-01T00:00Z'));
  });
});
