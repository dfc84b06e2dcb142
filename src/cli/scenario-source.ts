/** Where a scenario comes from on the command line: a bundled preset by name, or a JSON file. */
import { dirname, isAbsolute, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { InputError } from '../errors.js';
import { likelyMeant } from '../scenario/nearest.js';
import { parseScenario } from '../scenario/parse.js';
import { presetDocument, presetNames } from '../scenario/presets.js';
import type { Scenario } from '../scenario/scenario.js';
import { parseJsonText } from '../scenario/json-text.js';
import type { Reading } from '../scenario/trace/reading.js';
import { resolveTrace } from '../scenario/trace/resolve.js';
import { isGzip } from '../scenario/trace/text-of.js';
import { withValue } from '../scenario/document-path.js';
import { CSV_INPUT, JSON_INPUT, readInputBytes, readInputText, STANDARD_INPUT } from '../sweep/node/input-file.js';

/** In place of a file's name. */
const STANDARD_INPUT_NAME = '-';

/** What standard input said: it can be read once, and may be asked for again. */
let standardInput: string | undefined;

/**
 * The text of a JSON file, or of standard input where its name is `-`.
 * @throws {InputError} in one line: no such file, a folder, no permission.
 */
export function readText(path: string): string {
  if (path === STANDARD_INPUT_NAME) return (standardInput ??= readInputText(STANDARD_INPUT, JSON_INPUT));
  return readInputText(path, JSON_INPUT);
}

/** What is told of a trace's file. */
export interface TellReading {
  /** It is about to be read, which may take a while. */
  begin(file: string): void;
  read(reading: Reading): void;
}

/** The bytes of a file of measured values, unpacked where gzip packed them. @throws {InputError} in one line */
export function readMeasured(path: string): Uint8Array {
  const bytes = readInputBytes(path === STANDARD_INPUT_NAME ? STANDARD_INPUT : path, CSV_INPUT);
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: CSV_INPUT.mostBytes });
  } catch (cause) {
    const expected = `${CSV_INPUT.expected} packed by gzip, of at most ${CSV_INPUT.mostBytes} bytes unpacked`;
    throw new InputError(`${path}: cannot be unpacked, expected ${expected}`, path, { cause });
  }
}

/**
 * The document with its trace's values, if it names a file of them; the name is relative to the folder of the
 * document's own file. @throws {InputError}
 */
export function withTrace(document: unknown, source: string, tell?: TellReading): unknown {
  const beside = (name: string): string => (isAbsolute(name) ? name : join(dirname(source), name));
  const contents = (name: string): Uint8Array => {
    tell?.begin(name);
    return readMeasured(beside(name));
  };
  return resolveTrace(document, contents, (reading) => {
    tell?.read(reading);
  });
}

/**
 * The document of a preset or file with what is set in it, its trace read, otherwise parsed but unchecked. A preset's
 * name wins over a file; write `./name` for the file.
 */
export function readScenarioDocument(source: string, settings: readonly string[] = [], tell?: TellReading): unknown {
  if (presetNames().includes(source)) {
    const document = settings.reduce<unknown>(withSetting, presetDocument(source));
    return naming(source, () => withTrace(document, source, tell));
  }
  let json: unknown;
  try {
    json = parseJsonText(readText(source), source);
  } catch (error) {
    const missing =
      error instanceof InputError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
    if (!missing) throw error;
    const meant = likelyMeant(source, presetNames());
    const hint = meant === undefined ? '' : ` (did you mean ${JSON.stringify(meant)}?)`;
    throw new InputError(
      `scenario: got ${JSON.stringify(source)}, which is neither a file nor a preset${hint}; expected a JSON file or one of ${presetNames().join(', ')}`,
      'scenario',
      { cause: error },
    );
  }
  const document = settings.reduce(withSetting, json);
  return naming(source, () => withTrace(document, source, tell));
}

/** What `make` gives; its errors start with the file's name. */
function naming<T>(source: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${source}: ${error.message}`, error.field, { cause: error });
    throw error;
  }
}

/**
 * The checked scenario.
 *
 * @param settings of `--set`, such as `harvest.mean.timesDemand=1.05`, put into the document in this order.
 * @throws {InputError} whose message starts with the file's name, and whose `field` is the path within.
 */
export function readScenario(source: string, settings: readonly string[] = [], tell?: TellReading): Scenario {
  const document = readScenarioDocument(source, settings, tell);
  return naming(source, () => parseScenario(document));
}

/** A value that is JSON is taken as such, any other as a text. */
function withSetting(document: unknown, setting: string): unknown {
  const found = /^([^=]+)=(.*)$/s.exec(setting);
  if (found === null) {
    throw new InputError(
      `--set: got ${JSON.stringify(setting)}, expected PATH=VALUE, such as harvest.mean.timesDemand=1.05`,
      '--set',
    );
  }
  const [, path, text] = found;
  return withValue(document, path.trim(), valueOf(text), '--set');
}

function valueOf(text: string): unknown {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  return parseJsonText(text, '--set');
}
