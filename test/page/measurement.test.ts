/** What a benchmark of the page keeps of what it hears: marked rows, refused speeds, warnings. */
import { describe, expect, test } from 'vitest';
import { Measurement, exported, verdictOf } from '../../src/page/measurement.js';
import type { BenchBackend, BenchRow } from '../../src/page/protocol.js';
import type { BackendName } from '../../src/engine/backend.js';

const BROWSER = { userAgent: 'a browser', hardwareConcurrency: 2 };
const opened = (backend: BackendName, checkSha256: string) => ({
  type: 'opened' as const,
  backend: { backend, checkSha256, warmUpSeconds: 1 } as BenchBackend,
});
const row = (backend: BackendName, partialsSha256: string, paths = 256) => ({
  type: 'row' as const,
  row: { backend, paths, median: 2, slowest: 1, fastest: 3, runs: 5, partialsSha256 } satisfies BenchRow,
});
const measured = (...events: Parameters<Measurement['take']>[0][]): Measurement => {
  const measurement = new Measurement('2026-01-01T00:00:00.000Z');
  for (const event of events) measurement.take(event, false);
  return measurement;
};

describe('a row', () => {
  test.each([
    ['right', 'counts what the processor counts', [opened('cpu', 'c'), opened('webgpu', 'c')], 'p'],
    ['unchecked', 'has no processor beside it', [opened('webgpu', 'c')], 'p'],
    ['wrong', 'is of a backend that counts otherwise', [opened('cpu', 'c'), opened('webgpu', 'd')], 'p'],
    ['wrong', 'differs from run to run', [opened('cpu', 'c'), opened('webgpu', 'c')], ''],
  ] as const)('is %s where it %s', (verdict, _, backends, sha256) => {
    const { results } = measured(...backends, row('webgpu', sha256));
    expect(verdictOf(results, results.rows[0])).toBe(verdict);
  });

  test('is wrong where another backend counts otherwise of as many paths; its speed is not saved', () => {
    const { results } = measured(
      ...[opened('cpu', 'c'), opened('webgpu', 'c')],
      ...[row('cpu', 'p'), row('webgpu', 'q'), row('webgpu', 'r', 512)],
    );
    expect(results.rows.map((own) => verdictOf(results, own))).toEqual(['wrong', 'wrong', 'right']);
    const saved = exported(results, BROWSER);
    expect(saved.rates.map(({ paths }) => paths)).toEqual([512]);
    expect(saved.refused).toEqual([
      { backend: 'cpu', paths: 256, partialsSha256: 'p' },
      { backend: 'webgpu', paths: 256, partialsSha256: 'q' },
    ]);
    expect(saved).toMatchObject({ browser: 'a browser', startedAt: '2026-01-01T00:00:00.000Z', steadiness: null });
    expect(saved.backends.map(({ agrees }) => agrees)).toEqual([true, true]);
  });

  test('that something disturbs is marked, and the next one only while the page is hidden', () => {
    const measurement = measured();
    measurement.disturb('The tab was in the background.');
    measurement.disturb('The tab was in the background.');
    measurement.take(row('cpu', 'p'), true);
    measurement.take(row('cpu', 'p'), false);
    measurement.take(row('cpu', 'p'), false);
    expect(measurement.results.rows.map(({ disturbed }) => disturbed)).toEqual([true, true, false]);
    expect(measurement.warning).toBe(
      'The tab was in the background. What was measured then is marked and not to be quoted.',
    );
  });
});

test('nothing disturbed: no warning', () => {
  const measurement = measured(opened('cpu', 'c'), { type: 'ended', stopped: false, steadiness: 0.95 });
  expect(measurement.warning).toBe('');
  expect(measurement.results.steadiness).toBe(0.95);
});

test('a machine that was not steady, what a worker remarks and what is not available are kept', () => {
  const { results, warning } = measured(
    { type: 'remark', text: 'A worker was replaced.' },
    { type: 'unavailable', backend: 'webgpu', reason: 'no adapter' },
    { type: 'ended', stopped: true, steadiness: 0.5 },
  );
  expect(results.disturbances).toEqual([
    'A worker was replaced.',
    'The processor ran a fixed loop 50 % slower at one end of the measurement than at the other: ' +
      'it was throttled, or busy.',
  ]);
  expect(warning).toMatch(/^A worker was replaced\. The processor/);
  expect(results.unavailable).toMatchObject([{ backend: 'webgpu', reason: 'no adapter' }]);
});
