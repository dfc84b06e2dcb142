/**
 * From the user's seed text to the keys of random numbers: once, on the host. SHA-256 of the text's UTF-8 bytes is the
 * seed's digest, and seedrandom, seeded with its 64 hexadecimal digits, gives the words of the key: other texts have
 * other digests, and so other keys. (By itself seedrandom repeats a short text and keeps the low byte of each unit: it
 * takes `1`, `11` and `111` for one seed.)
 *
 * What needs random numbers and is no path has a purpose, and a digest of its own: SHA-256 of the 32 bytes of the
 * seed's digest and the purpose's name in UTF-8.
 */
import { sha256Hex } from '../hash.js';
import seedrandom from 'seedrandom';
import { InputError } from '../errors.js';
import { Memo } from '../memo.js';

/** The four words of a Threefry4x32 key. */
export type StreamKey = Uint32Array;

/** What random numbers are for that are not those of paths. */
export type SeedPurpose = 'bootstrap';

/**
 * Half of a surrogate pair: a text that has one is not Unicode, and all such halves would become one character in
 * UTF-8.
 */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether a text can be a seed. */
export function isSeedText(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/**
 * Keys of the last seeds: the points of a sweep often share one, and a key costs as much as a tenth of a point's law.
 */
const keys = new Memo<StreamKey>(16);

/**
 * Key of a seed text: that of the paths, or of another purpose. The same text gives the same key everywhere. @throws
 * {InputError}
 */
export function streamKey(seed: string, purpose?: SeedPurpose): StreamKey {
  return keys
    .of(`${purpose ?? ''}\0${seed}`, () => {
      const generator = seedrandom(seedDigest(seed, purpose));
      return Uint32Array.from({ length: 4 }, () => generator.int32() >>> 0);
    })
    .slice();
}

/**
 * The digest that a key is made of, as 64 hexadecimal digits. @throws {InputError} where the seed is no Unicode text
 */
export function seedDigest(seed: string, purpose?: SeedPurpose): string {
  if (!isSeedText(seed)) {
    throw new InputError(
      `seed: got ${JSON.stringify(seed)}, which holds half of a surrogate pair; expected Unicode text`,
      'seed',
    );
  }
  const digest = sha256Hex(seed);
  if (purpose === undefined) return digest;
  const name = new TextEncoder().encode(purpose);
  const bytes = new Uint8Array(digest.length / 2 + name.length);
  for (let i = 0; i < digest.length; i += 2) bytes[i / 2] = parseInt(digest.slice(i, i + 2), 16);
  bytes.set(name, digest.length / 2);
  return sha256Hex(bytes);
}
