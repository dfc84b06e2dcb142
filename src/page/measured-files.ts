/**
 * Files of measured values that were chosen or dropped on the page: kept here, sent nowhere, and read where the
 * scenario names them. The reader is loaded with the first. No DOM.
 */
import { InputError } from '../errors.js';
import { parseJsonText } from '../scenario/json-text.js';
import { isObject } from '../scenario/schema-parts.js';
import type { FileRead } from '../scenario/trace/inspect.js';
import type * as Reader from './measured-reader.js';

/** What reads files (measured-reader.ts). */
export type MeasuredReader = typeof Reader;

/** What of a browser's File is used. */
type Measured = Pick<File, 'name' | 'size' | 'arrayBuffer'>;

/** A scenario's document with the values of its file, and what was read of it: as data, and as text for people. */
export interface Filled {
  readonly document: unknown;
  readonly read: readonly FileRead[];
  readonly text: string;
}

/** As on the command line (sweep/node/input-file.ts). */
const MOST_BYTES = 256 * 2 ** 20;

/** The file that a scenario names; undefined where it names none. */
function fileOf(document: unknown): string | undefined {
  const harvest = isObject(document) ? document['harvest'] : undefined;
  const trace = isObject(harvest) ? harvest['trace'] : undefined;
  const csv = isObject(trace) ? trace['csv'] : undefined;
  return typeof csv === 'string' ? csv : undefined;
}

/** A scenario's JSON whose harvest is that of a file; the same text where it is already. @throws {InputError} */
export function withFile(text: string, name: string): string {
  const document: unknown = parseJsonText(text, 'scenario');
  if (!isObject(document)) throw new InputError('scenario: got no object, expected a scenario', 'scenario');
  if (fileOf(document) === name) return text;
  const { harvest } = document;
  const scaled = isObject(harvest) && isObject(harvest['trace']) && 'mean' in harvest ? { mean: harvest['mean'] } : {};
  return JSON.stringify({ ...document, harvest: { trace: { csv: name }, ...scaled } }, null, 2);
}

/** What gzip packed, up to so many bytes as may be read. @throws where it is damaged, or larger */
async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    if (size > MOST_BYTES) throw new RangeError(`more than ${MOST_BYTES} bytes`);
    chunks.push(next.value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

export class MeasuredFiles {
  private readonly contents = new Map<string, Uint8Array>();
  private reader: MeasuredReader | undefined;
  /** What was read last: a run asks again for what was shown. */
  private last: { readonly key: string; readonly filled: Filled } | undefined;

  constructor(private readonly load: () => Promise<MeasuredReader>) {}

  /** Keeps a file, under its name. @throws {InputError} where it is too large, or packed and damaged */
  async add(file: Measured): Promise<void> {
    const { name, size } = file;
    if (size > MOST_BYTES)
      throw new InputError(`${name}: got ${size} bytes, expected at most ${MOST_BYTES}`, 'scenario');
    this.reader ??= await this.load();
    const bytes = new Uint8Array(await file.arrayBuffer());
    try {
      this.contents.set(name, this.reader.isGzip(bytes) ? await unpacked(bytes) : bytes);
    } catch (cause) {
      const expected = `a file packed by gzip, of at most ${MOST_BYTES} bytes unpacked`;
      throw new InputError(`${name}: cannot be unpacked, expected ${expected}`, 'scenario', { cause });
    }
    this.last = undefined;
  }

  /** A document with the values of the file that it names; the same one where it names none. @throws {InputError} */
  fill(document: unknown): Filled {
    const name = fileOf(document);
    if (name === undefined || !isObject(document)) return { document, read: [], text: '' };
    const { reader } = this;
    const contents = this.contents.get(name);
    if (reader === undefined || contents === undefined) {
      const expected = 'expected a file that is chosen or dropped here';
      const message = `harvest.trace.csv: got ${JSON.stringify(name)}, which is not on this page, ${expected}`;
      throw new InputError(message, 'harvest.trace.csv');
    }
    const key = JSON.stringify([document['harvest'], document['startTime']]);
    if (this.last?.key === key) {
      const { filled } = this.last;
      const { harvest } = filled.document as Record<string, unknown>;
      return { ...filled, document: { ...document, harvest } };
    }
    const read: FileRead[] = [];
    let text = '';
    const filled = reader.resolveTrace(
      document,
      () => contents,
      (reading) => {
        const found = reader.fileRead(reading);
        read.push(found);
        const doubts = found.warnings.map(({ message, key: mends }) => `warning: ${message} (key ${mends})\n`);
        text = reader.inspectionText(name, found, reader.courseOf(reading)) + doubts.join('');
      },
    );
    this.last = { key, filled: { document: filled, read, text } };
    return this.last.filled;
  }
}
