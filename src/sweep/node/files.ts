/**
 * Files that are there whole or not at all: written beside their place, flushed to the disk, renamed, and the folder
 * flushed.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { InputError } from '../../errors.js';

/** Begins the names of files that are being written; what a killed process leaves of them means nothing. */
export const TEMPORARY = '.tmp-';

/** Not mkdir's own recursion: in folders such as /proc, which refuse new entries with ENOENT, that never ends. */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

/** @throws {InputError} where the file cannot be written: a full disk, a folder without permission. */
export async function writeWhole(path: string, contents: Uint8Array | string): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `${TEMPORARY}${basename(path)}-${process.pid}-${SESSION}-${written++}`);
  try {
    try {
      // Only the flush takes long; a handle that opens, writes and closes in the background costs more than it saves.
      const file = openNew(temporary, folder);
      try {
        writeFileSync(file, contents);
        await flush(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    await syncFolder(folder);
  } catch (cause) {
    throw notWritten(path, cause);
  }
}

const flush = promisify(fsync);

/** Tells the temporary files of this process from those of another machine's with the same number. */
const SESSION = randomBytes(6).toString('hex');
let written = 0;

/** Opens a file that was not there; makes the folder if need be. */
function openNew(path: string, folder: string): number {
  try {
    return openSync(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(folder, { recursive: true });
    return openSync(path, 'wx');
  }
}

/** Flushes of folders that have not begun yet. */
const waiting = new Map<string, Promise<void>>();

/**
 * Flushes a folder, so that a rename outlives a power cut. Files that are renamed at about the same time share a flush.
 */
function syncFolder(folder: string): Promise<void> {
  const known = waiting.get(folder);
  if (known !== undefined) return known;
  const flushed = new Promise((resolve) => setTimeout(resolve, SHARED_MILLISECONDS)).then(() => {
    waiting.delete(folder);
    return flushFolder(folder);
  });
  waiting.set(folder, flushed);
  return flushed;
}

const SHARED_MILLISECONDS = 5;

/** Not every system can flush a folder. */
async function flushFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EISDIR' && code !== 'EPERM' && code !== 'EINVAL') throw error;
  }
}

/** What is said of a file or folder that could not be written, and, where there is `more` to say, that too. */
export function notWritten(path: string, cause: unknown, more = '; what was finished before is kept'): InputError {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  const why = code === 'ENOSPC' ? 'the disk is full' : code;
  return new InputError(
    `--out: cannot write ${path} (${why}), expected a folder with room that may be written${more}`,
    '--out',
    { cause },
  );
}
