/** From the user's seed text to the key of the generator: once, on the host, by seedrandom. */
import seedrandom from 'seedrandom';

/** The four words of a Threefry4x32 key. */
export type StreamKey = Uint32Array;

/** Key of a seed text. The same text gives the same key everywhere. */
export function streamKey(seed: string): StreamKey {
  const generator = seedrandom(seed);
  return Uint32Array.from({ length: 4 }, () => generator.int32() >>> 0);
}
