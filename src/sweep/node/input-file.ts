/**
 * Files that a user names, read whole: no more than a bound, and never for ever. Folders, devices, pipes that nobody
 * writes to and files that are too large are refused before they take memory or time. What is in them is for others.
 */
import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { InputError } from '../../errors.js';
import { printable } from '../../printable.js';

/** What is expected of a file. */
export interface InputKind {
  /** Completes "expected …". */
  readonly expected: string;
  readonly mostBytes: number;
}

const MIB = 2 ** 20;

/** A scenario with two million values of a trace in it has some 20 MB; larger ones belong into a CSV file. */
export const JSON_INPUT = { expected: 'a JSON file', mostBytes: 64 * MIB } as const satisfies InputKind;
/** Ten years of minutes have some 130 MB. */
export const CSV_INPUT = { expected: 'a CSV file', mostBytes: 256 * MIB } as const satisfies InputKind;

/** A key or a certificate. */
export const SECRET_INPUT = { expected: 'a key file', mostBytes: MIB } as const satisfies InputKind;

/** In place of a file's name: the descriptor that every process has. */
export const STANDARD_INPUT = 0;
type Source = string | typeof STANDARD_INPUT;

/**
 * For how long a pipe that nobody has opened yet, or that stays silent, is waited for. Standard input may take its
 * time.
 */
const MOST_UNOPENED_MILLISECONDS = 300;
const MOST_SILENT_MILLISECONDS = 10_000;
const POLL_MILLISECONDS = 10;
const CHUNK_BYTES = 64 * 1024;

const REASONS: Readonly<Record<string, ((expected: string) => string) | undefined>> = {
  ENOENT: (expected) => `is not there, expected ${expected}`,
  EISDIR: (expected) => `is a folder, expected ${expected}`,
  EACCES: () => 'may not be read, expected a file with read permission',
  EPERM: () => 'may not be read, expected a file with read permission',
  ENOTDIR: (expected) => `goes through something that is not a folder, expected ${expected}`,
  ENXIO: (expected) => `is a socket, expected ${expected}`,
  ELOOP: (expected) => `is a link that leads round to itself, expected ${expected}`,
  ENAMETOOLONG: (expected) => `is too long for a name, expected ${expected}`,
};

/** The bytes of a file. @throws {InputError} in one line. */
export function readInputBytes(path: Source, wanted: InputKind): Buffer {
  return readWhole(path, wanted, () => undefined);
}

/**
 * The text of a file in UTF-8.
 *
 * @param lenient whether bytes that are no UTF-8 become the replacement character: in a file of numbers they stand in
 *   comments and headers.
 * @throws {InputError} in one line
 */
export function readInputText(path: Source, wanted: InputKind, lenient = false): string {
  const bytes = readWhole(path, wanted, (chunk) => {
    if (!chunk.includes(0)) return;
    const came = 'got bytes that are no text (UTF-16 or a binary file?)';
    throw refusal(path, `${came}, expected ${wanted.expected} in UTF-8`);
  });
  if (!lenient && !isUtf8(bytes)) {
    const came = `got bytes that are no UTF-8 in line ${firstLineNotUtf8(bytes)} (Latin-1 or Windows-1252?)`;
    throw refusal(path, `${came}, expected ${wanted.expected} in UTF-8`);
  }
  return bytes.toString('utf8');
}

function refusal(path: Source, message: string, cause?: unknown): InputError {
  const name = path === STANDARD_INPUT ? 'standard input' : path;
  return new InputError(`${printable(name)}: ${message}`, name, { cause });
}

function firstLineNotUtf8(bytes: Buffer): number {
  let line = 1;
  for (let at = 0; ; line++) {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0 || !isUtf8(bytes.subarray(at, end))) return line;
    at = end + 1;
  }
}

/** @param look sees each piece as it comes, and may refuse it */
function readWhole(path: Source, wanted: InputKind, look: (chunk: Buffer) => void): Buffer {
  const isStandard = path === STANDARD_INPUT;
  let descriptor: number | undefined;
  try {
    // A pipe would otherwise keep the process until somebody writes to it. Windows has no such flag.
    const flags = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);
    descriptor = isStandard ? path : openSync(path, flags);
    const status = fstatSync(descriptor);
    check(path, status, isStandard, wanted);
    const expectedBytes = status.isFile() ? status.size : 0;
    return readAll(path, descriptor, {
      ...wanted,
      look,
      pipe: status.isFIFO() && !isStandard,
      isStandard,
      expectedBytes,
    });
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    const reason = REASONS[code]?.(wanted.expected) ?? `cannot be read (${code || String(cause)})`;
    throw refusal(path, reason, cause);
  } finally {
    if (descriptor !== undefined && !isStandard) closeSync(descriptor);
  }
}

function check(path: Source, status: Stats, isStandard: boolean, { expected, mostBytes }: InputKind): void {
  if (status.isDirectory()) throw refusal(path, `is a folder, expected ${expected}`);
  if (!isStandard && (status.isCharacterDevice() || status.isBlockDevice())) {
    throw refusal(path, `is a device, expected ${expected}, or - for standard input`);
  }
  if (status.isFile() && status.size > mostBytes) throw tooLarge(path, `${status.size} bytes`, { expected, mostBytes });
}

function tooLarge(path: Source, came: string, { expected, mostBytes }: InputKind): InputError {
  return refusal(path, `got ${came}, expected ${expected} of at most ${mostBytes} bytes`);
}

interface Reading extends InputKind {
  readonly look: (chunk: Buffer) => void;
  readonly isStandard: boolean;
  /** Whether it is a pipe with a name. */
  readonly pipe: boolean;
  /** What its status says; 0 where that says nothing. */
  readonly expectedBytes: number;
}

function readAll(path: Source, descriptor: number, reading: Reading): Buffer {
  const chunks: Buffer[] = [];
  let total = 0;
  let waited = 0;
  const wait = (most: number): boolean => {
    if (waited >= most) return false;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MILLISECONDS);
    waited += POLL_MILLISECONDS;
    return true;
  };
  for (;;) {
    const chunk = Buffer.allocUnsafe(Math.max(CHUNK_BYTES, total === 0 ? reading.expectedBytes : 0));
    const count = readSome(descriptor, chunk);
    if (count === undefined) {
      if (wait(reading.isStandard ? Infinity : MOST_SILENT_MILLISECONDS)) continue;
      throw refusal(path, `is a pipe that stays silent, expected ${reading.expected}`);
    }
    if (count === 0) {
      if (reading.pipe && total === 0) {
        if (wait(MOST_UNOPENED_MILLISECONDS)) continue;
        throw refusal(path, `is a pipe that nobody writes to, expected ${reading.expected}`);
      }
      return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, total);
    }
    waited = 0;
    total += count;
    if (total > reading.mostBytes) throw tooLarge(path, 'more', reading);
    const came = chunk.subarray(0, count);
    reading.look(came);
    chunks.push(came);
  }
}

/** Bytes that were read; 0 at the end, undefined where there are none yet. */
function readSome(descriptor: number, chunk: Buffer): number | undefined {
  try {
    return readSync(descriptor, chunk);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EAGAIN') return undefined;
    // Windows ends a pipe so.
    if (code === 'EOF') return 0;
    throw cause;
  }
}
