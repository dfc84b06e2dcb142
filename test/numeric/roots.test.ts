/** Roots, minima, interpolation and quadrature against answers that are known in closed form. */
import { describe, expect, test } from 'vitest';
import { cubicAt } from '../../src/numeric/cubic.js';
import { barycentric, lagrangeBasis, throughPoints } from '../../src/numeric/lagrange.js';
import { goldenSection } from '../../src/numeric/minimise.js';
import { gaussLegendre, integrate, nodesOn } from '../../src/numeric/quadrature.js';
import { bisect, firstAbove, firstWhole, guidedRoot, risingRoot, settled } from '../../src/numeric/roots.js';

describe('where conditions begin to hold', () => {
  test('the first whole number, at either end and beyond', () => {
    for (let answer = 3; answer <= 9; answer++) expect(firstWhole(3, 9, (n) => n >= answer)).toBe(answer);
    expect(firstWhole(3, 9, () => false)).toBe(9);
    expect(firstWhole(0, 2 ** 52, (n) => n >= 2 ** 51 + 1)).toBe(2 ** 51 + 1);
  });

  test('the first of ascending numbers above another, equals passed over', () => {
    const numbers = Float64Array.of(1, 2, 2, 5);
    expect([0, 1, 2, 4.9, 5].map((x) => firstAbove(numbers, x))).toEqual([0, 1, 3, 3, 4]);
  });

  test('bisection comes to the next double, and no further than it is asked', () => {
    const root = bisect(1, 2, (x) => x * x >= 2);
    expect(root * root).toBeGreaterThanOrEqual(2);
    expect((root * (1 - 2 ** -52)) ** 2).toBeLessThan(2);
    expect(bisect(0, 1, (x) => x >= 0.3, { halvings: 3 })).toBe(0.375);
    expect(Math.abs(bisect(1, 2, (x) => x * x >= 2, { settle: 1e-3 }) - Math.SQRT2)).toBeLessThan(2e-3);
  });
});

describe('roots of rising functions', () => {
  test('by false positions, with an infinite end', () => {
    expect(risingRoot(0, 0.1, 1, (p) => Math.log(p) + 3)).toBeCloseTo(Math.exp(-3), 9);
    expect(risingRoot(0, 2, 1, (p) => p - 0.25)).toBeCloseTo(0.25, 9);
  });

  test("by Newton's steps, from where they lead astray too", () => {
    const f = (x: number): number => Math.atan(x - 3);
    const newton = (x: number, value: number): number => x - value * (1 + (x - 3) ** 2);
    expect(guidedRoot({ low: 0, high: 100, x: 90 }, f, newton, 1e-12)).toBeCloseTo(3, 12);
    expect(guidedRoot({ low: 0, high: Infinity, x: 0.1 }, f, newton, 1e-12)).toBeCloseTo(3, 12);
  });

  test('steps settle', () => {
    expect(
      settled(
        1,
        (x) => 0.5 * (x + 2 / x),
        (x) => 1e-15 * x,
      ),
    ).toBeCloseTo(Math.SQRT2, 15);
    let steps = 0;
    settled(
      0,
      () => ++steps,
      () => 0,
    );
    expect(steps).toBe(60);
  });
});

test('the golden section finds a minimum, at an end too', () => {
  const { at, value } = goldenSection((x) => (x - 0.7) ** 2 + 1, 0, 2, 40);
  expect(at).toBeCloseTo(0.7, 6);
  expect(value).toBeCloseTo(1, 12);
  expect(goldenSection((x) => x, 0, 1, 60).at).toBeLessThan(1e-10);
});

test("Lagrange's polynomials are exact up to their degree", () => {
  const cubic = (x: number): number => 1 - 2 * x + 3 * x ** 2 - 0.5 * x ** 3;
  const points = [0, 0.5, 2, 3];
  expect(throughPoints(points, points.map(cubic), 1.3)).toBeCloseTo(cubic(1.3), 13);
  const table = Float64Array.from({ length: 7 }, (_, k) => cubic(k));
  for (const x of [0.2, 3.7, 5.9]) expect(cubicAt(table, Math.floor(x), x % 1)).toBeCloseTo(cubic(x), 11);
  const rule = gaussLegendre(6);
  const basis = new Float64Array(6);
  for (const t of [-1, 0.3, rule.nodes[2]]) {
    lagrangeBasis(rule.nodes, barycentric(rule), t, basis);
    expect(basis.reduce((sum, weight, b) => sum + weight * rule.nodes[b] ** 5, 0)).toBeCloseTo(t ** 5, 13);
  }
});

test('a Gauss rule of n points is exact to degree 2n − 1, and not beyond', () => {
  const rule = gaussLegendre(4);
  expect(integrate(rule, (x) => x ** 7, 0, 2)).toBeCloseTo(32, 11);
  expect(Math.abs(integrate(rule, (x) => x ** 8, 0, 2) - 2 ** 9 / 9)).toBeGreaterThan(1e-3);
  const nodes = nodesOn(rule, 1, 3);
  expect(nodes[0] + nodes[3]).toBeCloseTo(4, 14);
});
