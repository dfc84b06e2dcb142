/** Puts the values of a CSV file in the place of its name, in a scenario document that is otherwise not looked at. */
import { InputError } from '../../errors.js';
import { schemaError } from '../problems.js';
import { inBaseUnits } from '../quantities.js';
import { isObject } from '../schema-parts.js';
import { parseTrace } from './parse-trace.js';
import { resolved } from './resolved.js';
import { csvReference } from './schema.js';

const AT = ['harvest', 'trace'] as const;
const FIELD = AT.join('.');

/** `harvest.trace` of a document, if it names a file. */
function reference(document: unknown): Record<string, unknown> | undefined {
  const harvest = isObject(document) ? document['harvest'] : undefined;
  const trace = isObject(harvest) ? harvest['trace'] : undefined;
  return isObject(trace) && 'csv' in trace && !('values' in trace) && !('sample' in trace) ? trace : undefined;
}

/** The file that the document's trace is in, as it is named there; undefined where it names none. @throws {InputError} */
export function traceFile(document: unknown): string | undefined {
  const named = reference(document);
  return named === undefined ? undefined : checked(named).csv;
}

function checked(trace: Record<string, unknown>) {
  const { data, error } = csvReference.safeParse(inBaseUnits(trace, FIELD));
  if (error !== undefined) throw schemaError(error, AT);
  return data;
}

/**
 * The document with the trace's values, read from its file; the same document where it names none.
 *
 * @param readText gives the text of a file by its name.
 * @throws {InputError} whose `field` is `harvest.trace` or a path within.
 */
export function resolveTrace(document: unknown, readText: (name: string) => string): unknown {
  const named = reference(document);
  if (named === undefined || !isObject(document) || !isObject(document['harvest'])) return document;
  const { csv, column, timeColumn, unit, secondsPerValue, gaps, largestGapSeconds, ...played } = checked(named);
  try {
    const options = { name: csv, column, timeColumn, unit, secondsPerValue, gaps, largestGapSeconds };
    const trace = { ...resolved(parseTrace(readText(csv), options)), ...played };
    return { ...document, harvest: { ...document['harvest'], trace } };
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${FIELD}: ${error.message}`, FIELD, { cause: error });
    throw error;
  }
}

/** As `resolveTrace`, for readers that make one wait. */
export async function resolveTraceReference(
  document: unknown,
  readText: (name: string) => Promise<string>,
): Promise<unknown> {
  const file = traceFile(document);
  if (file === undefined) return document;
  const text = await readText(file);
  return resolveTrace(document, () => text);
}
