/**
 * The ledger: results of shards in a folder. Any number of processes and machines may share it. A file holds the result
 * of one shard and is named by its hash, or those of several small ones that were finished at about the same time, and
 * is then named by the hash of its contents: a thousand files a second would cost more than what is in them.
 */
import { readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Hex } from '../../hash.js';
import { InputError } from '../../errors.js';
import { decodeShardResults, encodeShardResults, namedShards } from '../shard-result.js';
import type { ShardResult } from '../shard-result.js';
import type { Shard } from '../shards.js';
import type { ShardStore } from '../store.js';
import { nodeDeflate } from './deflate.js';
import { TEMPORARY, writeWhole } from './files.js';
import { SHARD_FOLDER } from './folder-names.js';

/** Age after which a file that was being written has no writer any more, milliseconds. */
const STALE = 3_600_000;
/** How the names of files end: of one result, of several. */
const ALONE = '.shard';
const TOGETHER = '.shards';
/** Of a file: what Node reads at once. */
const MOST_BYTES = 2 ** 31 - 1;
/** Horizons whose counts are gathered in one file at the most. */
const MOST_HORIZONS = 256;

/** Results that go into one file. */
interface Gathering {
  readonly results: ShardResult[];
  horizons: number;
  readonly timer: ReturnType<typeof setTimeout>;
  readonly written: Promise<void>;
  readonly write: () => void;
}

type Wanted = ReadonlyMap<string, Shard>;

export class Ledger implements ShardStore {
  private readonly folder: string;
  private gathering: Gathering | undefined;

  /**
   * @param out the sweep's folder. @param remark is told of results that are not whole.
   * @param gatherMilliseconds for how long results wait for others to share a file with; 0 keeps each by itself, at
   *   once.
   */
  constructor(
    out: string,
    private readonly remark: (text: string) => void = () => undefined,
    private readonly gatherMilliseconds = 0,
  ) {
    this.folder = join(out, SHARD_FOLDER);
  }

  async *results(shards: readonly Shard[]): AsyncGenerator<ShardResult> {
    const wanted = new Map(shards.map((shard) => [shard.hash, shard]));
    for (const name of (await this.names()).sort()) {
      const isOfOne = name.endsWith(ALONE);
      if (isOfOne ? wanted.has(name.slice(0, -ALONE.length)) : name.endsWith(TOGETHER)) {
        for (const result of await this.read(name, wanted)) if (wanted.delete(result.hash)) yield result;
      }
    }
  }

  async get(shard: Shard): Promise<ShardResult | undefined> {
    return (await this.read(`${shard.hash}${ALONE}`, new Map([[shard.hash, shard]]))).at(0);
  }

  put(result: ShardResult): Promise<void> {
    if (this.gatherMilliseconds === 0) return this.write([result]);
    const gathering = (this.gathering ??= this.gather());
    gathering.results.push(result);
    gathering.horizons += result.partials.horizons.length;
    if (gathering.horizons >= MOST_HORIZONS) this.flush();
    return gathering.written;
  }

  flush(): void {
    const { gathering } = this;
    if (gathering === undefined) return;
    this.gathering = undefined;
    clearTimeout(gathering.timer);
    gathering.write();
  }

  async putAside(shards: readonly Shard[], others: readonly Shard[] = []): Promise<void> {
    for (const { hash } of shards) await this.rename(`${hash}${ALONE}`);
    if (others.length === 0) return;
    const bad = new Set(shards.map(({ hash }) => hash));
    const kept = new Map(others.filter(({ hash }) => !bad.has(hash)).map((shard) => [shard.hash, shard]));
    for (const name of await this.names()) {
      if (!name.endsWith(TOGETHER)) continue;
      const bytes = await readFile(join(this.folder, name));
      if (!namedShards(bytes).some((hash) => bad.has(hash))) continue;
      const good = await this.read(name, kept);
      await this.rename(name);
      if (good.length > 0) await this.write(good);
    }
  }

  /** Removes what killed processes left half written, once nobody can be writing it any more. */
  async sweepUp(now = Date.now()): Promise<void> {
    for (const name of await this.names()) {
      if (!name.startsWith(TEMPORARY)) continue;
      const path = join(this.folder, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: now }));
      if (now - mtimeMs > STALE) await rm(path, { force: true });
    }
  }

  private gather(): Gathering {
    const results: ShardResult[] = [];
    let write = (): void => undefined;
    const written = new Promise<void>((resolve) => {
      write = () => {
        resolve(this.write(results));
      };
    });
    const timer = setTimeout(() => {
      this.flush();
    }, this.gatherMilliseconds);
    return { results, horizons: 0, timer, written, write };
  }

  private async write(results: readonly ShardResult[]): Promise<void> {
    const bytes = encodeShardResults(results, nodeDeflate);
    const name = results.length === 1 ? `${results[0].hash}${ALONE}` : `${sha256Hex(bytes)}${TOGETHER}`;
    await writeWhole(join(this.folder, name), bytes);
  }

  /** Names of all files; none where there is no folder yet. */
  private async names(): Promise<string[]> {
    try {
      return await readdir(this.folder);
    } catch (cause) {
      if (isMissing(cause)) return [];
      throw notRead(this.folder, cause);
    }
  }

  /** What a file has of the shards that are wanted: nothing where it is not there, or not whole. */
  private async read(name: string, wanted: Wanted): Promise<ShardResult[]> {
    const path = join(this.folder, name);
    let bytes: Uint8Array;
    try {
      // A pipe would never end, a folder is none, and what is larger than any result is not read to find that out.
      const status = await stat(path);
      if (!status.isFile() || status.size > MOST_BYTES) {
        this.remark(`${path}: got no file of results: it is put aside`);
        await this.rename(name);
        return [];
      }
      bytes = await readFile(path);
    } catch (cause) {
      if (isMissing(cause)) return [];
      throw notRead(path, cause);
    }
    // Others' results are not looked into; a file that is not what its name says is nobody's any more.
    const others = name.endsWith(TOGETHER) && !namedShards(bytes).some((hash) => wanted.has(hash));
    if (others && sha256Hex(bytes) === name.slice(0, -TOGETHER.length)) return [];
    try {
      return decodeShardResults(bytes, name, wanted, nodeDeflate);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.remark(`${error.message}: it is put aside and run again`);
      await this.rename(name);
      return [];
    }
  }

  /** Puts a file aside; another process may have done so already. */
  private async rename(name: string): Promise<void> {
    const path = join(this.folder, name);
    await rename(path, `${path}.bad`).catch((cause: unknown) => {
      if (!isMissing(cause)) throw notRead(path, cause);
    });
  }
}

function isMissing(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException).code === 'ENOENT';
}

function notRead(path: string, cause: unknown): InputError {
  return new InputError(`${path}: cannot be read (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`, path, {
    cause,
  });
}
