/** Compression of results in Node. */
import { deflateSync, inflateSync } from 'node:zlib';
import type { Deflate } from '../shard-result.js';

export const nodeDeflate: Deflate = {
  deflate: (bytes) => deflateSync(bytes, { level: 1 }),
  inflate: (bytes, most) => inflateSync(bytes, { maxOutputLength: most }),
};
