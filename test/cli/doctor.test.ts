/**
 * `doctor`: every backend is asked, those that run agree, and the units that it lists are those that are understood.
 */
import { beforeAll, expect, test } from 'vitest';
import { parseQuantity } from '../../src/scenario/quantities.js';
import type { Dimension, quantityKinds } from '../../src/scenario/quantities.js';
import { runOn, unfolded } from './sink.js';

interface Document {
  readonly backends: readonly { readonly name: string; readonly available: boolean; readonly reason?: string }[];
  readonly agree: boolean;
  readonly auto: string;
  readonly quantities: ReturnType<typeof quantityKinds>;
}

let text = '';
let document: Document;
beforeAll(async () => {
  const printed = await runOn(['doctor', '--quiet']);
  expect({ status: printed.status, stderr: printed.stderr }).toEqual({ status: 0, stderr: '' });
  text = printed.stdout;
  const { stdout } = await runOn(['doctor', '--quiet', '--json']);
  document = JSON.parse(stdout) as Document;
});

test('names every backend, and why one is not there', () => {
  const { backends, agree, auto } = document;
  expect(backends.map(({ name }) => name)).toEqual(['webgpu, hardware', 'webgpu, software', 'cpu', 'gpujs']);
  expect(agree).toBe(true);
  for (const { available, reason } of backends) expect(available).toBe(reason === undefined);
  expect(backends.find(({ name }) => name === auto)?.available).toBe(true);
  for (const { name } of backends) expect(text).toMatch(new RegExp(`^${name} +(yes|no)`, 'm'));
  expect(text).toContain(`auto takes ${auto}; all backends give the same partials\n`);
});

/** What each kind that is listed is to the reader of scenarios. */
const DIMENSIONS: Readonly<Record<string, Dimension>> = {
  'an energy': 'energy',
  'a power': 'power',
  'a time': 'time',
  slots: 'slots',
  arrivals: 'rate',
  'a harvest': 'slotEnergy',
  'a variance': 'square',
  'a share': 'share',
  'a speed': 'speed',
};

test('lists the quantities, each with an example and units that are read', () => {
  expect(document.quantities.map(({ kind }) => kind)).toEqual(Object.keys(DIMENSIONS));
  let units = 0;
  for (const { kind, example, base, units: listed } of document.quantities) {
    const read = (quantity: string): number => parseQuantity(kind, quantity, DIMENSIONS[kind], 1e-3);
    expect(read(example), example).toBeGreaterThan(0);
    for (const unit of listed.replace(/ and the like|[()"]/g, '').split(/, | and | or |^and /)) {
      const name = unit.replace(/^(and|or) /, '').trim();
      expect(read(`1 ${name}`), `${kind}: ${name}`).toBeGreaterThan(0);
      units++;
    }
    const row = (...cells: string[]): RegExp =>
      new RegExp(`^${cells.map((cell) => cell.replace(/[\^()/²%]/g, '\\$&')).join(' +')}`, 'm');
    expect(text).toMatch(row(kind, example, base === '' ? '1' : base));
    expect(unfolded(text)).toContain(listed);
  }
  expect(units).toBeGreaterThan(50);
  expect(text).toContain('quantities in scenarios, sweep files and options may be texts with a unit\n');
});
