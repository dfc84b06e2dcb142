import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { encodePartials, partialsFromJson, partialsSha256, partialsToJson } from '../../src/engine/partials-codec.js';
import { emptyPartials, mergePartials } from '../../src/engine/partials.js';
import type { Partials } from '../../src/engine/partials.js';
import { BINS, countDeficits, draws, exponentialDraw, samplePartials, SLOTS } from './laws.js';

const draw = exponentialDraw(0.1, 1000);

function parts(): [Partials, Partials, Partials] {
  return [samplePartials('a', 500, draw), samplePartials('b', 300, draw), samplePartials('c', 7, draw)];
}

describe('merging', () => {
  it('is addition: order-free, associative, with the empty partials as its zero', () => {
    const [a, b, c] = parts();
    const whole = partialsSha256(mergePartials(mergePartials(a, b), c));
    expect(partialsSha256(mergePartials(c, mergePartials(b, a)))).toBe(whole);
    const together = countDeficits([...draws('a', 500, draw), ...draws('b', 300, draw), ...draws('c', 7, draw)]);
    expect(partialsSha256(together)).toBe(whole);
    expect(partialsSha256(mergePartials(a, emptyPartials([{ slots: SLOTS, bins: BINS }])))).toBe(partialsSha256(a));
    expect(partialsSha256(a)).not.toBe(partialsSha256(b));
  });

  it('leaves its parts as they were', () => {
    const [a, b] = parts();
    const before = partialsSha256(a);
    mergePartials(a, b).horizons[0].histogram.fill(0);
    expect(partialsSha256(a)).toBe(before);
  });

  it.each([
    ['another number of horizons', emptyPartials([]), /horizons/],
    ['other slots', emptyPartials([{ slots: 64, bins: BINS }]), /128 slots.*64 slots/],
    ['other bins', emptyPartials([{ slots: SLOTS, bins: { offset: 0, shift: 3 } }]), /2\^4.*2\^3/],
  ])('refuses %s', (_, other, message) => {
    expect(() => mergePartials(parts()[0], other)).toThrow(InputError);
    expect(() => mergePartials(parts()[0], other)).toThrow(message);
  });

  it('refuses counts that would no longer be exact', () => {
    const [a] = parts();
    a.horizons[0].count = Number.MAX_SAFE_INTEGER;
    expect(() => mergePartials(a, parts()[1])).toThrow(/2\^53/);
  });
});

describe('canonical bytes', () => {
  it('are laid out as documented (a hand-made horizon, read back field by field)', () => {
    const partials = emptyPartials([{ slots: 16, bins: { offset: -3, shift: 2 } }]);
    const h = partials.horizons[0];
    h.count = 2 ** 40 + 1;
    h.zeros = 2 ** 40;
    h.sum = (7n << 64n) + 5n;
    h.sumOfSquares = (9n << 100n) + 1n;
    h.histogram[4095] = 1;
    const bytes = encodePartials(partials);
    const view = new DataView(bytes.buffer);
    expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe('BWPT');
    expect([4, 8, 12].map((at) => view.getUint32(at, true))).toEqual([1, 1, 4096]);
    expect([16, 24, 32, 40, 48].map((at) => view.getBigInt64(at, true))).toEqual([
      16n,
      -3n,
      2n,
      2n ** 40n + 1n,
      2n ** 40n,
    ]);
    expect([56, 64, 72, 80].map((at) => view.getBigUint64(at, true))).toEqual([5n, 7n, 1n, 9n << 36n]);
    expect(view.getBigUint64(bytes.length - 8, true)).toBe(1n);
    expect(bytes.length).toBe(16 + 72 + 8 * 4096);
    expect(partialsSha256(partials)).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('refuse what is no exact integer', () => {
    const [a] = parts();
    a.horizons[0].histogram[7] = 0.5;
    expect(() => encodePartials(a)).toThrow(/histogram\[7\] is 0\.5/);
    const [b] = parts();
    b.horizons[0].sum = -1n;
    expect(() => encodePartials(b)).toThrow(InputError);
  });
});

describe('JSON', () => {
  it('comes back without loss', () => {
    for (const partials of [...parts(), emptyPartials([{ slots: SLOTS, bins: BINS }])]) {
      const text = JSON.stringify(partialsToJson(partials));
      expect(partialsSha256(partialsFromJson(JSON.parse(text)))).toBe(partialsSha256(partials));
    }
  });

  it.each<[string, (json: ReturnType<typeof partialsToJson>) => unknown, string]>([
    ['no document', () => 'partials', ''],
    ['another version', (json) => ({ ...json, partialsVersion: 2 }), 'partialsVersion'],
    ['a sum that is a number', (json) => edit(json, { sum: 12 }), 'horizons[0].sum'],
    ['a negative count', (json) => edit(json, { count: -1 }), 'horizons[0].count'],
    ['counts that do not add up', (json) => edit(json, { zeros: 0 }), 'horizons[0].histogram'],
  ])('refuses %s, naming the field', (_, damage, field) => {
    const json = partialsToJson(parts()[0]);
    try {
      partialsFromJson(damage(json));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      expect((error as InputError).field).toBe(field);
    }
  });
});

function edit(json: ReturnType<typeof partialsToJson>, change: object): unknown {
  return { ...json, horizons: [{ ...json.horizons[0], ...change }] };
}
