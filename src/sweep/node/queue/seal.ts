/**
 * The seal of drivers and workers that share a key: HMAC-SHA256 over what travels by Redis, so that who can write there
 * and has no key can pass nothing off as theirs. Each kind of text has a name of its own in what is signed. A seal sent
 * again says what it said before: jobs and results are bound to hashes of what they are of.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { InputError } from '../../../errors.js';
import { readInputText, SECRET_INPUT } from '../input-file.js';

/** What is sealed: a job, a shard's result, the word that a shard cannot be run. */
type Kind = 'job' | 'result' | 'failed';

/** Fewest bytes of a key, after blanks at its ends are taken off. */
const LEAST_KEY = 16;
/** Begins a sealed result; 32 bytes of seal follow, then the result. */
const SEALED = Buffer.from('BWSEAL1\n');
/** What a seal adds to the bytes of a result. */
export const SEAL_BYTES = SEALED.length + 32;

export class Seal {
  constructor(private readonly key: Buffer) {}

  /** Over parts, each with its length before it: no two lists of parts make the same bytes. */
  of(kind: Kind, ...parts: readonly (string | Uint8Array)[]): string {
    return this.digest(kind, parts).toString('hex');
  }

  holds(seal: string, kind: Kind, ...parts: readonly (string | Uint8Array)[]): boolean {
    const given = Buffer.from(seal, 'hex');
    return given.length === 32 && timingSafeEqual(given, this.digest(kind, parts));
  }

  private digest(kind: Kind, parts: readonly (string | Uint8Array)[]): Buffer {
    const hmac = createHmac('sha256', this.key).update(`batterywalk ${kind}\n`);
    for (const part of parts) {
      const bytes = typeof part === 'string' ? Buffer.from(part) : part;
      hmac.update(`${bytes.length}\n`).update(bytes);
    }
    return hmac.digest();
  }
}

/** A result as it is put into Redis. @param hash of its shard. */
export function sealedResult(seal: Seal | undefined, hash: string, bytes: Uint8Array): Buffer {
  if (seal === undefined) return Buffer.from(bytes);
  return Buffer.concat([SEALED, Buffer.from(seal.of('result', hash, bytes), 'hex'), bytes]);
}

/**
 * The result within; a seal that nobody here can check is left off.
 *
 * @throws {InputError} where the seal is missing or another
 */
export function openedResult(seal: Seal | undefined, hash: string, value: Buffer): Buffer {
  const isSealed = value.subarray(0, SEALED.length).equals(SEALED);
  const bytes = isSealed ? value.subarray(SEAL_BYTES) : value;
  if (seal === undefined) return bytes;
  const own = value.subarray(SEALED.length, SEAL_BYTES).toString('hex');
  if (isSealed && seal.holds(own, 'result', hash, bytes)) return bytes;
  throw new InputError(
    `the result ${hash.slice(0, 12)}… has ${isSealed ? 'another' : 'no'} seal, expected one by this driver's key`,
    hash,
  );
}

/**
 * The seal by the key that a file or the environment (BATTERYWALK_QUEUE_KEY) has; without either there is none.
 *
 * @throws {InputError} where the file cannot be read, or the key is too short
 */
export function sealOf(file: string | undefined, env: NodeJS.ProcessEnv = process.env): Seal | undefined {
  const name = file === undefined ? 'BATTERYWALK_QUEUE_KEY' : '--queue-key';
  let text = env.BATTERYWALK_QUEUE_KEY ?? '';
  if (file !== undefined) {
    try {
      text = readInputText(file, SECRET_INPUT);
    } catch (cause) {
      throw new InputError(`--queue-key: ${(cause as Error).message}`, name, { cause });
    }
  } else if (text === '') return undefined;
  const key = Buffer.from(text.trim());
  if (key.length >= LEAST_KEY) return new Seal(key);
  throw new InputError(
    `${name}: got a key of ${key.length} bytes, expected at least ${LEAST_KEY}, such as openssl rand -hex 32 prints`,
    name,
  );
}
