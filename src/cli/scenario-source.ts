/** Where a scenario comes from on the command line: a bundled preset by name, or a JSON file. */
import { dirname, isAbsolute, join } from 'node:path';
import { InputError } from '../errors.js';
import { likelyMeant } from '../scenario/nearest.js';
import { parseScenario } from '../scenario/parse.js';
import { presetDocument, presetNames } from '../scenario/presets.js';
import type { Scenario } from '../scenario/scenario.js';
import { parseJsonText } from '../scenario/json-text.js';
import { resolveTrace } from '../scenario/trace/resolve.js';
import { withValue } from '../scenario/document-path.js';
import { CSV_INPUT, JSON_INPUT, readInputText, STANDARD_INPUT } from '../sweep/node/input-file.js';

/** In place of a file's name. */
const STANDARD_INPUT_NAME = '-';

/** What standard input said: it can be read once, and may be asked for again. */
let standardInput: string | undefined;

/** The text of a JSON file, or of standard input where its name is `-`. @throws {InputError} in one line: no such file, a folder, no permission. */
export function readText(path: string): string {
  if (path === STANDARD_INPUT_NAME) return (standardInput ??= readInputText(STANDARD_INPUT, JSON_INPUT));
  return readInputText(path, JSON_INPUT);
}

/** The document with its trace's values, if it names a file of them; the name is relative to the folder of the document's own file. @throws {InputError} */
export function withTrace(document: unknown, source: string): unknown {
  const beside = (name: string): string => (isAbsolute(name) ? name : join(dirname(source), name));
  return resolveTrace(document, (name) => readInputText(beside(name), CSV_INPUT, true));
}

/** The document of a preset or file, its trace read, otherwise parsed but unchecked. A preset's name wins over a file; write `./name` for the file. */
export function readScenarioDocument(source: string): unknown {
  if (presetNames().includes(source)) return presetDocument(source);
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
  return naming(source, () => withTrace(json, source));
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
export function readScenario(source: string, settings: readonly string[] = []): Scenario {
  const document = settings.reduce(withSetting, readScenarioDocument(source));
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
