/** Layouts that TypeScript and WGSL share. */
import { describe, expect, test } from 'vitest';
import { layoutOf, numbered, structOf, wgslConstants } from '../../src/engine/kernels/layout.js';
import { SEGMENT, SLICE } from '../../src/engine/kernels/segment.js';
import { STATE } from '../../src/engine/kernels/state.js';

test('runs of words lie one after the other', () => {
  expect(layoutOf({ stream: 4, level: 1, least: 1 })).toEqual({ words: 6, at: { stream: 0, level: 4, least: 5 } });
});

test('constants have the names of WGSL', () => {
  expect(wgslConstants('STATE', { leakCarry: 3, 'consumption draw': 1, theorem1Lumped: 0 })).toBe(
    'const STATE_LEAK_CARRY: u32 = 3u;\nconst STATE_CONSUMPTION_DRAW: u32 = 1u;\nconst STATE_THEOREM1_LUMPED: u32 = 0u;',
  );
  expect(wgslConstants('', numbered(['auxiliary', 'peak']))).toBe('const AUXILIARY: u32 = 0u;\nconst PEAK: u32 = 1u;');
});

describe('a struct', () => {
  const own = structOf('Own', { key: 'vec4<u32>', firstPath: 'vec2<u32>', level: 'i32' });

  test('is declared and padded to its alignment', () => {
    expect(own.code).toBe('struct Own {\n  key: vec4<u32>,\n  first_path: vec2<u32>,\n  level: i32,\n}');
    expect(own.words).toBe(8);
  });

  test('is written by name, whatever the order', () => {
    const words = new Int32Array(16);
    own.write(words, 8, { level: -3, key: Uint32Array.of(1, 2, 3, 2 ** 32 - 1), firstPath: [2 ** 31, 7] });
    expect([...words]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, -1, -(2 ** 31), 7, -3, 0]);
  });

  test('refuses fields that do not lie at their alignment', () => {
    expect(() => structOf('Odd', { level: 'i32', key: 'vec4<u32>' })).toThrow(/Odd\.key lies at word 1/);
  });
});

/** What slot.wgsl and state.wgsl said by hand before: 24 words of a segment, and so on. */
test('the sizes are those that limits are planned with', () => {
  expect([SEGMENT.words, SLICE.words]).toEqual([24, 4]);
  expect(Object.entries(STATE).map(([kernel, { words }]) => [kernel, words])).toEqual([
    ['lumped', 6],
    ['passage', 7],
    ['tasks', 16],
    ['proof', 25],
    ['site', 49],
    ['lumpedSite', 34],
  ]);
});
