/** Puts the values of a file in the place of its name, in a scenario document that is otherwise not looked at. */
import { InputError } from '../../errors.js';
import { schemaError } from '../problems.js';
import { inBaseUnits } from '../quantities.js';
import { isObject } from '../schema-parts.js';
import { aligned } from './align.js';
import { readHarvest } from './parse-trace.js';
import type { Reading } from './reading.js';
import type { TraceWarning } from './refusal.js';
import { resolved } from './resolved.js';
import { csvReference } from './reference-schema.js';
import { textOf } from './text-of.js';

const AT = ['harvest', 'trace'] as const;
const FIELD = AT.join('.');

/** What a file is given as: its text, or its bytes, which say of which encoding they are. */
export type FileContents = string | Uint8Array;

/** `harvest.trace` of a document, if it names a file. */
function reference(document: unknown): Record<string, unknown> | undefined {
  const harvest = isObject(document) ? document['harvest'] : undefined;
  const trace = isObject(harvest) ? harvest['trace'] : undefined;
  return isObject(trace) && 'csv' in trace && !('values' in trace) && !('sample' in trace) ? trace : undefined;
}

/**
 * The file that the document's trace is in, as it is named there; undefined where it names none.
 * @throws {InputError}
 */
export function traceFile(document: unknown): string | undefined {
  const named = reference(document);
  return named === undefined ? undefined : checkedReference(named).csv;
}

/** A checked reference to a file, in base units. @throws {InputError} whose field begins with `harvest.trace` */
export function checkedReference(trace: Record<string, unknown>) {
  // Texts of rows that look like quantities are texts.
  const { where, ...rest } = trace;
  const plain = inBaseUnits(rest, FIELD) as Record<string, unknown>;
  const { data, error } = csvReference.safeParse(where === undefined ? plain : { ...plain, where });
  if (error !== undefined) throw schemaError(error, AT);
  return data;
}

/**
 * The document with the trace's values, read from its file; the same document where it names none.
 *
 * @param read gives the contents of a file by its name.
 * @param tell is told what was read, once it is.
 * @throws {InputError} whose `field` is `harvest.trace` or a path within.
 */
export function resolveTrace(
  document: unknown,
  read: (name: string) => FileContents,
  tell?: (reading: Reading) => void,
): unknown {
  const named = reference(document);
  if (named === undefined || !isObject(document) || !isObject(document['harvest'])) return document;
  const { csv, play, start, blockSeconds, alignSeconds, noiseShape, ...how } = checkedReference(named);
  const { startTime } = document;
  try {
    const contents = read(csv);
    const warnings: TraceWarning[] = [];
    const text = typeof contents === 'string' ? contents : textOf(contents, { name: csv, warnings });
    const found = readHarvest(text, { ...how, name: csv });
    const reading = aligned(found, typeof startTime === 'string' ? startTime : undefined);
    tell?.({ ...reading, warnings: [...warnings, ...reading.warnings] });
    const played = { play, start, blockSeconds, alignSeconds, noiseShape };
    const given = Object.fromEntries(Object.entries(played).filter(([, value]) => value !== undefined));
    return { ...document, harvest: { ...document['harvest'], trace: { ...resolved(reading), ...given } } };
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${FIELD}: ${error.message}`, FIELD, { cause: error });
    throw error;
  }
}

/** As `resolveTrace`, for readers that make one wait. */
export async function resolveTraceReference(
  document: unknown,
  read: (name: string) => Promise<FileContents>,
): Promise<unknown> {
  const file = traceFile(document);
  if (file === undefined) return document;
  const contents = await read(file);
  return resolveTrace(document, () => contents);
}
