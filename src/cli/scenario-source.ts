/** Where a scenario comes from on the command line: a bundled preset by name, or a JSON file. */
import { readFileSync } from 'node:fs';
import { InputError } from '../errors.js';
import { likelyMeant } from '../scenario/nearest.js';
import { parseScenario } from '../scenario/parse.js';
import { presetDocument, presetNames } from '../scenario/presets.js';
import type { Scenario } from '../scenario/scenario.js';
import { parseJsonText } from '../scenario/json-text.js';

const REASONS: Readonly<Record<string, string>> = {
  EISDIR: 'is a folder, expected a JSON file',
  EACCES: 'may not be read, expected a file with read permission',
  EPERM: 'may not be read, expected a file with read permission',
  ENOTDIR: 'goes through something that is not a folder, expected a JSON file',
};

/** The text of a file. @throws {InputError} in one line: no such file, a folder, no permission. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    throw new InputError(`${path}: ${REASONS[code] ?? `cannot be read (${code || String(cause)})`}`, path, { cause });
  }
}

/** The document of a preset or file, parsed but unchecked. A preset's name wins over a file; write `./name` for the file. */
export function readScenarioDocument(source: string): unknown {
  if (presetNames().includes(source)) return presetDocument(source);
  try {
    return parseJsonText(readText(source), source);
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
}

/** The checked scenario. @throws {InputError} whose message starts with the file's name, and whose `field` is the path within. */
export function readScenario(source: string): Scenario {
  const document = readScenarioDocument(source);
  try {
    return parseScenario(document);
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${source}: ${error.message}`, error.field, { cause: error });
    throw error;
  }
}
