/** From the user's seed text to the key of the generator: once, on the host, by seedrandom. */
import seedrandom from 'seedrandom';
import { Memo } from '../memo.js';

/** The four words of a Threefry4x32 key. */
export type StreamKey = Uint32Array;

/** Keys of the last seeds: the points of a sweep often share one, and a key costs as much as a tenth of a point's law. */
const keys = new Memo<StreamKey>(16);

/** Key of a seed text. The same text gives the same key everywhere. */
export function streamKey(seed: string): StreamKey {
  return keys
    .of(seed, () => {
      const generator = seedrandom(seed);
      return Uint32Array.from({ length: 4 }, () => generator.int32() >>> 0);
    })
    .slice();
}
