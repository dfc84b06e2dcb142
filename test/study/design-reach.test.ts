/**
 * `design` looks only where there is a scenario: within a share, and at whole numbers alone where no others are taken.
 */
import { describe, expect, test } from 'vitest';
import { loadPreset } from '../../src/scenario/presets.js';
import { withinReach } from '../../src/study/design-reach.js';
import { runOn } from '../cli/sink.js';

const question = (path: string) => ({
  ...{ scenario: loadPreset('reference'), path, budgetJoules: 0 },
  ...{ full: false, slots: 16, seed: '1' },
});
const parameter = (path: string, bracket: readonly [number, number], limits = {}) =>
  ({ path, find: 'largest', limits, bracket }) as const;

describe('what a path takes', () => {
  test('a tolerance ends below 1, however small it may be', () => {
    const path = 'tasks[9].tolerance';
    const found = withinReach(question(path), parameter(path, [0.025, 0.1]), undefined);
    expect(found.step).toBeUndefined();
    expect(found.parameter.bracket).toEqual([0.025, 0.1]);
    expect(found.parameter.limits.lower).toBeUndefined();
    expect(found.parameter.limits.upper).toBeGreaterThan(1 - 1e-9);
    expect(found.parameter.limits.upper).toBeLessThan(1);
  });

  test('a count is whole, and from its least to its most', () => {
    const path = 'tasks[0].skills';
    const found = withinReach(question(path), parameter(path, [2.5, 10]), undefined);
    expect(found).toMatchObject({ step: 1, parameter: { bracket: [2, 10], limits: { lower: 1 } } });
    // The most that its deadline leaves time for, and no more.
    const { upper = NaN } = found.parameter.limits;
    expect(Number.isInteger(upper)).toBe(true);
    expect(withinReach(question(path), parameter(path, [upper, upper + 3]), 1).parameter.limits.upper).toBe(upper);
  });

  test('limits that are known, and steps that are asked for, stay', () => {
    const path = 'routing.errorRate';
    const known = parameter(path, [0.05, 0.2], { lower: 0, upper: 1 });
    expect(withinReach(question(path), known, undefined).parameter).toEqual(known);
    const tolerance = parameter('tasks[9].tolerance', [0.025, 0.1]);
    expect(withinReach(question('tasks[9].tolerance'), tolerance, 0.01)).toEqual({ parameter: tolerance, step: 0.01 });
  });
});

test.each([
  ['tasks[9].tolerance', []],
  ['tasks[0].skills', ['--between', '1,3']],
])('a search over %s never names a value that there is not', async (path, more) => {
  const walk = ['--slots', '16', '--backend', 'cpu', '--quiet'];
  const asked = ['--risk', '0.5', '--vary', path, '--find', 'largest', ...more];
  const { status, stderr } = await runOn(['design', 'reference', ...asked, ...walk]);
  expect([0, 2]).toContain(status);
  if (status === 2) expect(stderr).toMatch(/^batterywalk: --vary \S+: got a risk of [\d.]+ at [\d.e-]+, as far as/);
});
