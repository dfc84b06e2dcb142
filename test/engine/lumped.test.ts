/**
 * The walk against a third form: Theorem 1's reflected battery, in plain numbers, from the tables' mixture of cells and
 * the plain stream.
 */
import { describe, expect, test } from 'vitest';
import { walkLumped } from '../../src/engine/cpu/lumped.js';
import { PURPOSE } from '../../src/engine/purposes.js';
import { nextWord, pathState } from '../../src/engine/stream.js';
import { planJob } from '../../src/engine/job.js';
import type { LumpedJob } from '../../src/engine/job.js';
import { SETTINGS, lawOf } from './jobs.js';

/**
 * One slot's step, read off the layout of a word as src/law/tables.ts tells it: divisions and remainders, no bit
 * tricks.
 */
function plainStep({ tables }: LumpedJob, increments: Uint32Array, residual: Uint32Array): number {
  const word = nextWord(increments);
  const second = nextWord(residual);
  const column = Math.floor(word / 2 ** 20);
  const threshold = Math.floor(word / 2 ** 8) % 2 ** 12;
  const jitter = word % 2 ** 8;
  const entry = tables.columns[column];
  const cell = threshold < Math.floor(entry / 2 ** 12) ? column : entry % 2 ** 12;
  const point = (shift: number): number => Math.floor(jitter * 2 ** (shift - 8));
  if (tables.residual === undefined || cell !== 4095)
    return tables.base + cell * 2 ** tables.coreShift + point(tables.coreShift);
  const place = Math.floor(second / 2 ** 20);
  const other = tables.residual.columns[place];
  const chosen = second % 2 ** 20 < Math.floor(other / 2 ** 12) ? place : other % 2 ** 12;
  return tables.residual.first[chosen] + point(tables.residual.shift[chosen]);
}

describe.each(SETTINGS)('$name', (setting) => {
  const horizons = [1, 50, 400];
  const job = planJob(lawOf(setting, 400), { trials: 60, horizons, seed: 'third form' });

  test('the reflected battery is fed exactly the deficit (Theorem 1)', () => {
    const out = new Int32Array(horizons.length * job.paths);
    walkLumped({ ...job, slots: horizons }, 0, job.paths, out, job.paths);
    let positive = 0;
    for (let path = 0; path < job.paths; path++) {
      const increments = pathState(job.key, path, PURPOSE.increments);
      const residual = pathState(job.key, path, PURPOSE.residual);
      let battery = job.initialQuanta;
      let injected = 0;
      let slot = 0;
      horizons.forEach((end, h) => {
        for (; slot < end; slot++) {
          battery += plainStep(job, increments, residual);
          if (battery < 0) {
            injected -= battery;
            battery = 0;
          }
        }
        expect(out[h * job.paths + path]).toBe(injected);
      });
      if (injected > 0) positive++;
    }
    expect(positive).toBeGreaterThan(20);
  });
});

test('an initial charge takes itself off every deficit: (D − b)⁺', () => {
  const setting = SETTINGS[0];
  const law = lawOf(setting, 300);
  const job = planJob(law, { trials: 500, horizons: [300], seed: 'b' });
  const plain = new Int32Array(500);
  walkLumped({ ...job, slots: [300] }, 0, 500, plain, 500);
  const b = Math.round(20_000 / law.quantumJoules);
  const charged = new Int32Array(500);
  walkLumped({ ...job, slots: [300], initialQuanta: b }, 0, 500, charged, 500);
  expect(charged).toEqual(plain.map((d) => Math.max(0, d - b)));
  expect(charged.some((d) => d > 0) && charged.some((d) => d === 0)).toBe(true);
});
