/** Keys of seeds: against vectors made by other programs, and that other seeds have other keys. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as browser from '../../src/host/browser-sha256.js';
import { isSeedText, seedDigest, streamKey } from '../../src/engine/stream-key.js';
import type { SeedPurpose } from '../../src/engine/stream-key.js';
import { InputError } from '../../src/errors.js';

/** Seed, purpose, digest and key of each line. */
const vectors = readFileSync(new URL('keys.kat.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('|').map((part) => part.trim()))
  .map(([seed, purpose, digest, words]) => ({
    seed: JSON.parse(seed) as string,
    purpose: purpose === '-' ? undefined : (purpose as SeedPurpose),
    digest,
    key: Uint32Array.from(words.split(' '), (word) => parseInt(word, 16)),
  }));

describe('known answers', () => {
  test('the vectors are read whole', () => {
    expect(vectors).toHaveLength(26);
    expect(new Set(vectors.map(({ digest }) => digest)).size).toBe(26);
    for (const { key } of vectors) expect(key).toHaveLength(4);
  });

  test.each(vectors)('$seed, $purpose', ({ seed, purpose, digest, key }) => {
    expect(seedDigest(seed, purpose)).toBe(digest);
    expect(streamKey(seed, purpose)).toEqual(key);
    // What browsers hash with.
    if (purpose === undefined) expect(browser.sha256Hex(seed)).toBe(digest);
  });
});

/** 10⁵ texts: numbers, repeats of each other, long ones, other scripts, and pairs that a space tells apart. */
function seedTexts(): Set<string> {
  const texts = new Set<string>();
  for (let i = 0; i < 50_000; i++) texts.add(String(i));
  for (const unit of ['1', '12', 'ab', 'seed ', 'ı', '中']) {
    for (let times = 1; times <= 300; times++) texts.add(unit.repeat(times));
  }
  for (let i = 0; i < 20_000; i++) texts.add(String.fromCodePoint(0x4e00 + i));
  for (let i = 0; i < 5000; i++) texts.add(String.fromCodePoint(0x20000 + i));
  for (let i = 0; i < 5000; i++) texts.add(`${'a long seed '.repeat(100)}${i}`);
  for (let i = 0; texts.size < 100_000; i++) texts.add(`run ${i}`).add(`run ${i} `);
  return texts;
}

test('100,000 texts give 100,000 keys, and as many for another purpose', () => {
  const texts = seedTexts();
  expect(texts.size).toBe(100_000);
  const keys = new Set<string>();
  for (const text of texts) keys.add(streamKey(text).join());
  expect(keys.size).toBe(texts.size);
  for (const text of texts) keys.add(streamKey(text, 'bootstrap').join());
  expect(keys.size).toBe(2 * texts.size);
});

test('a key that was given is its caller’s own', () => {
  const key = streamKey('mine');
  const before = [...key];
  key.fill(0);
  expect([...streamKey('mine')]).toEqual(before);
});

test('half of a surrogate pair is no seed; a whole pair is', () => {
  for (const seed of ['\ud835', 'a\udcae', '\udcae\ud835']) {
    expect(isSeedText(seed)).toBe(false);
    try {
      streamKey(seed);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      expect(error).toMatchObject({ field: 'seed', message: expect.stringMatching(/^seed: got "/) as string });
      expect((error as Error).message).toMatch(/\\ud/);
    }
  }
  expect(isSeedText('\ud835\udcae')).toBe(true);
  expect(streamKey('\ud835\udcae')).toHaveLength(4);
});
