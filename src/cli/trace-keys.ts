/** `--trace JSON`: keys of `harvest.trace` to read a file with, on the command line. */
import { InputError } from '../errors.js';
import { parseJsonText } from '../scenario/json-text.js';
import { isObject } from '../scenario/schema-parts.js';

/** @throws {InputError} on what is no JSON object */
export function traceKeys(text: string | undefined): unknown {
  if (text === undefined) return {};
  const keys: unknown = parseJsonText(text, '--trace');
  if (isObject(keys)) return keys;
  throw new InputError(`--trace: got ${text}, expected a JSON object of keys such as {"column":"P"}`, '--trace');
}
