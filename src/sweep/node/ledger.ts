/** The ledger: results of shards in a folder, one file each, named by the shard's hash. Any number of processes and machines may share it. */
import { readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../errors.js';
import { decodeShardResult, encodeShardResult } from '../shard-result.js';
import type { ShardResult } from '../shard-result.js';
import type { Shard } from '../shards.js';
import type { ShardStore } from '../store.js';
import { nodeDeflate } from './deflate.js';
import { TEMPORARY, writeWhole } from './files.js';

/** Age after which a file that was being written has no writer any more, milliseconds. */
const STALE = 3_600_000;

export class Ledger implements ShardStore {
  private readonly folder: string;

  /** @param out the sweep's folder. @param remark is told of results that are not whole. */
  constructor(
    out: string,
    private readonly remark: (text: string) => void = () => undefined,
  ) {
    this.folder = join(out, 'shards');
  }

  async get(shard: Shard): Promise<ShardResult | undefined> {
    const path = this.pathOf(shard.hash);
    let bytes: Uint8Array;
    try {
      bytes = await readFile(path);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'ENOENT') return undefined;
      throw new InputError(`${path}: cannot be read (${code ?? String(cause)})`, path, { cause });
    }
    try {
      return decodeShardResult(bytes, shard, nodeDeflate);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.remark(`${error.message}: it is put aside and run again`);
      await rename(path, `${path}.bad`);
      return undefined;
    }
  }

  put(result: ShardResult): Promise<void> {
    return writeWhole(this.pathOf(result.hash), encodeShardResult(result, nodeDeflate));
  }

  /** Removes what killed processes left half written, once nobody can be writing it any more. */
  async sweepUp(now = Date.now()): Promise<void> {
    for (const name of await readdir(this.folder).catch(() => [])) {
      if (!name.startsWith(TEMPORARY)) continue;
      const path = join(this.folder, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: now }));
      if (now - mtimeMs > STALE) await rm(path, { force: true });
    }
  }

  private pathOf(hash: string): string {
    return join(this.folder, `${hash}.shard`);
  }
}
