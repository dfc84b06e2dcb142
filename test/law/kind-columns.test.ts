/**
 * Columns that draw kinds of task: exact for every mix, and the type that a word draws depends on neither error rate
 * nor quantum.
 */
import seedrandom from 'seedrandom';
import { describe, expect, test } from 'vitest';
import { PlanError } from '../../src/errors.js';
import { columnWeights } from '../../src/law/alias.js';
import { drawKinds } from '../../src/law/drawn-kinds.js';
import type { DrawnKinds, KindToDraw } from '../../src/law/drawn-kinds.js';

const WORD = 2 ** 32;

interface Type {
  readonly probability: number;
  readonly energies: readonly number[];
}

/** Kinds of types at an error rate: the first model of each is its main one. */
function kindsAt(types: readonly Type[], errorRate: number, unit: number): KindToDraw[] {
  return types.flatMap(({ probability, energies }, type) =>
    energies.flatMap((energy, model) => {
      const others = energies.length - 1;
      const share = model === 0 ? (others === 0 ? 1 : 1 - errorRate) : errorRate / others;
      if (share === 0) return [];
      const kindsOfType = energies.length;
      return [{ type, isMain: model === 0, kindsOfType, probability: probability * share, energy: energy / unit }];
    }),
  );
}

/** @param slack of the mean energy, units */
function check(kinds: readonly KindToDraw[], { bits, columns, entries }: DrawnKinds, slack = 1e-7): void {
  const drawn = columnWeights(columns, 32 - bits, bits);
  expect(drawn.reduce((a, b) => a + b, 0)).toBe(WORD);
  const claimed = new Float64Array(drawn.length);
  for (const { column, weight, energy } of entries) {
    claimed[column] += weight;
    expect(weight).toBeGreaterThanOrEqual(0);
    expect(energy).toBeGreaterThanOrEqual(0);
  }
  expect(drawn).toEqual(claimed);
  const total = kinds.reduce((sum, { probability }) => sum + probability, 0);
  const ofKind = kinds.map(() => 0);
  for (const { kind, weight } of entries) ofKind[kind] += weight / WORD;
  kinds.forEach(({ probability }, k) => {
    expect(Math.abs(ofKind[k] - probability / total)).toBeLessThan(3e-9);
  });
  const mean = kinds.reduce((sum, { probability, energy }) => sum + (probability / total) * energy, 0);
  const own = entries.reduce((sum, { weight, energy }) => sum + (weight / WORD) * energy, 0);
  const largest = kinds.reduce((a, { energy }) => Math.max(a, energy), 1);
  expect(Math.abs(own - mean)).toBeLessThan(slack + 1e-12 * largest);
}

/** The name that each of many words draws. */
function names({ bits, columns, entries }: DrawnKinds, nameOf: (kind: number) => string): string[] {
  const kindOf = new Map(entries.map(({ column, kind }) => [column, kind]));
  return Array.from({ length: 20_000 }, (_, i) => {
    const word = (i * 2_654_435_761) % WORD;
    const column = Math.floor(word / 2 ** (32 - bits));
    const alias = columns[column] % 2 ** bits;
    const threshold = alias === column ? WORD : Math.floor(columns[column] / 2 ** bits);
    return nameOf(kindOf.get(word % 2 ** (32 - bits) < threshold ? column : alias) ?? -1);
  });
}

const TYPES: readonly Type[] = Array.from({ length: 10 }, (_, i) => ({
  probability: 0.1,
  energies: i === 5 ? [700 + i] : [700 + 31 * i, 1900 + 17 * i],
}));
const ERROR_RATES = [0, 1e-9, 0.01, 0.05, 0.2, 0.5, 0.9, 0.95, 0.99, 1 - 1e-11, 1];
const UNITS = [0.013, 0.7, 3.1, 900];

describe('exact', () => {
  test.each(ERROR_RATES)('at an error rate of %f', (errorRate) => {
    for (const unit of UNITS) {
      const kinds = kindsAt(TYPES, errorRate, unit);
      check(kinds, drawKinds(kinds));
    }
  });

  test('for 200 random mixes', () => {
    const random = seedrandom('mixes');
    for (let i = 0; i < 200; i++) {
      const types = Array.from({ length: 1 + Math.floor(random() ** 3 * 150) }, () => ({
        probability: 10 ** (-12 * random() ** 2),
        energies: Array.from({ length: 1 + Math.floor(4 * random()) }, () => Math.round(10 ** (5 * random()))),
      }));
      const kinds = kindsAt(types, ERROR_RATES[i % ERROR_RATES.length], UNITS[i % UNITS.length]);
      check(kinds, drawKinds(kinds));
    }
  });

  test.each<[string, readonly Type[], number]>([
    ['one kind', [typeOf([1, [123.4]])], 0],
    ['a very rare type with many ways to err', [typeOf([1, [50]]), typeOf([1e-9, [1, 2, 3, 4, 5, 6]])], 0.9],
    ['a heavy type with many ways to err', [typeOf([0.7, [1, 2, 3, 4, 5, 6, 7, 8]]), typeOf([0.3, [9]])], 1],
  ])('%s', (_, types, errorRate) => {
    for (const unit of UNITS) {
      const kinds = kindsAt(types, errorRate, unit);
      check(kinds, drawKinds(kinds));
    }
  });

  test('a heavy kind that costs next to nothing costs nothing or more', () => {
    const types = [typeOf([0.9, [1e-9]]), typeOf([0.1, [5900.3]])];
    for (const unit of UNITS) {
      const kinds = kindsAt(types, 0, unit);
      // It has no energy to take from: the mean may be half a unit of the other's weight off.
      check(kinds, drawKinds(kinds), (0.5 * 5900.3) / unit / WORD);
    }
  });

  test('too many are refused', () => {
    const types = Array.from({ length: 4096 }, () => typeOf([1, [10]]));
    expect(() => drawKinds(kindsAt(types, 0, 1))).toThrow(PlanError);
  });
});

function typeOf([probability, energies]: readonly [number, readonly number[]]): Type {
  return { probability, energies };
}

describe('what a word draws', () => {
  test.each([0, 0.01, 0.05, 0.2, 0.5])('an error rate of %f changes no type', (errorRate) => {
    const [plain, erring] = [0, errorRate].map((rate) => {
      const kinds = kindsAt(TYPES, rate, 1);
      return names(drawKinds(kinds), (kind) => String(kinds[kind].type));
    });
    expect(erring).toEqual(plain);
    expect(new Set(plain).size).toBe(TYPES.length);
  });

  test.each([0.05, 0.2, 0.5])('at an error rate of %f a quantum changes no kind', (errorRate) => {
    const [first, ...others] = UNITS.map((unit) => {
      const kinds = kindsAt(TYPES, errorRate, unit);
      return names(drawKinds(kinds), String);
    });
    for (const other of others) expect(other).toEqual(first);
  });
});
