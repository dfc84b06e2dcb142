/** `bench` and what it reads of peers. No test asserts a time. */
import { expect, test } from 'vitest';
import { parseRates } from '../../src/cli/bench-peers.js';
import type { BenchDocument } from '../../src/report/bench-text.js';
import { benchText } from '../../src/report/bench-text.js';
import { runOn } from './sink.js';

test('measures every workload on a backend, each with the hash of what was counted', async () => {
  const { status, stdout } = await runOn([
    'bench',
    '--json',
    '--quiet',
    '--backend',
    'cpu',
    '--seconds',
    '0.02',
    '--repeats',
    '1',
  ]);
  expect(status).toBe(0);
  const document = JSON.parse(stdout) as BenchDocument;
  expect(document.rates.map((r) => r.workload)).toEqual([
    'W, lumped',
    'W, one horizon',
    'W, tasks',
    'reference, tasks distributed',
    'W as a site with a battery',
    'solar-site',
    'solar-site, tasks',
    'solar-site that waits',
  ]);
  for (const { median, partialsSha256 } of document.rates) {
    expect(median).toBeGreaterThan(0);
    expect(partialsSha256).toMatch(/^[0-9a-f]{64}$/);
  }
  expect(document.agree).toBe(true);
  expect(document.stages.map((s) => s.stage)).toEqual(
    expect.arrayContaining(['stream: words, plain', 'consumption draw, plain', 'harvest draw, plain', 'reduction']),
  );
  // W draws one word a slot lumped; by tasks one for their number, five for themselves and one for the harvest.
  expect(document.bounds.map(({ workload, words }) => [workload, words.toFixed(6)])).toEqual([
    ['W, lumped', '1.000000'],
    ['W, one horizon', '1.000000'],
    ['W, tasks', '7.000000'],
    // Two tasks, the harvest with its residual cells; services of 9.7 slots (1, 1, 2, 2, 3, 5, 8, 16, 22 and 37).
    ['reference, tasks distributed', '5.000000'],
    // Consumption and harvest.
    ['W as a site with a battery', '2.000000'],
    // Weather that is drawn every hour, in slots of 5 minutes.
    ['solar-site', (2 + 1 / 12).toFixed(6)],
  ]);
  expect(document.bounds.map(({ serviceSlots }) => serviceSlots.toFixed(6))).toEqual([
    ...['0.000000', '0.000000', '0.000000'],
    (2 * 9.7).toFixed(6),
    ...['0.000000', '0.000000'],
  ]);
  expect(benchText(document)).toContain('bound by words alone');
  const wrong = { ...document, agree: false };
  expect(benchText(wrong)).toContain('REFUSED');
});

test('reads what peers print, and nothing else', () => {
  const lines = [
    'cpp hand event-level omp2          P=16384     med 8.84e+07 slots/s  (min 8.8e+07 max 8.9e+07, 0.760 s, warm 0.7)  E[D_T]=743.1 +- 1.9 z=-0.07  maxz=+2.31@t=9 m1=1.0',
    'warning: nothing here',
  ];
  expect(parseRates('hand.cpp', lines.join('\n'))).toEqual([
    {
      peer: 'hand.cpp',
      name: 'cpp hand event-level omp2',
      median: 8.84e7,
      slowest: 8.8e7,
      fastest: 8.9e7,
      deviation: -0.07,
      largestDeviation: 2.31,
      relativeError: (-0.07 * 1.9) / (743.1 + 0.07 * 1.9),
      right: true,
    },
  ]);
  const wrong = lines[0].replace('z=-0.07', 'z=-7');
  expect(parseRates('hand.cpp', wrong)[0].right).toBe(false);
});
