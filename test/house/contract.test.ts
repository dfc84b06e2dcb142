/**
 * docs/contract.md: every key that it fixes is in what its commands print, and its scenario and sweep file are read.
 */
import { describe, expect, test } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.js';
import { planSweep } from '../../src/sweep/points.js';
import { parseSweepFile } from '../../src/sweep/sweep-file.js';
import { runOn } from '../cli/sink.js';
import { blocksOf, page } from './docs.js';

const text = page('docs/contract.md');
/** A heading that is a command, and the shape below it. */
const results = text
  .split(/^### /m)
  .slice(1)
  .map((part): [string, unknown] => {
    const block = blocksOf(part.split(/^## /m)[0]).find(({ language }) => language === 'json');
    return [part.split('\n', 1)[0], JSON.parse(block?.text ?? 'null')];
  });

/** Paths of a shape that a value lacks, or where the kind of value differs. Of a list the first entry counts. */
function lacking(shape: unknown, value: unknown, path = ''): string[] {
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return [path];
    return shape.length === 0 ? [] : lacking(shape[0], value[0], `${path}[0]`);
  }
  if (typeof shape !== 'object' || shape === null) return typeof value === typeof shape ? [] : [path];
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(shape).flatMap(([key, below]) =>
    lacking(below, (value as Record<string, unknown>)[key], `${path}.${key}`),
  );
}

describe('docs/contract.md', () => {
  test('fixes the results of the commands that scripts use', () => {
    const names = results.map(([command]) => command.split(' ')[0]);
    expect(names).toEqual(['run', 'run', 'validate', 'exact', 'tasks', 'reserve', 'tail', 'prove']);
  });

  test.each(results)('%s', async (command, shape) => {
    expect(lacking(shape, {}).length).toBeGreaterThan(1);
    const { stdout } = await runOn([...command.split(' '), '--json', '--quiet']);
    expect(lacking(shape, JSON.parse(stdout))).toEqual([]);
  });

  test('has a scenario and a sweep file that are read', () => {
    const inputs = blocksOf(text.replace(/^## Results of[^]*?(?=^## )/m, '')).filter(
      ({ language }) => language === 'json',
    );
    expect(inputs.length).toBe(3);
    const [shortest, whole, sweep] = inputs.map((block) => JSON.parse(block.text) as Record<string, unknown>);
    for (const scenario of [shortest, whole]) expect(parseScenario(scenario)).toHaveProperty('tasks');
    expect(planSweep(parseSweepFile(sweep)).points.length).toBe(22);
  });
});
