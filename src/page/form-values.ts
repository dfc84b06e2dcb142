/** What the form of a run says: its texts from presets and links, and the run that they are, checked. No DOM. */
import { InputError } from '../errors.js';
import type { PlainError } from '../plain-error.js';
import { parseJsonText } from '../scenario/json-text.js';
import { parseScenario } from '../scenario/parse.js';
import { parseCount, parseHorizons } from '../scenario/values.js';
import type { Filled } from './measured-files.js';
import type { LinkedRun } from './permalink.js';
import type { BackendChoice, RunSettings } from './protocol.js';

/** The preset's name where the scenario has been edited. */
export const OWN = 'own';
/** Fields at which a message can stand. */
export const FIELDS = ['trials', 'horizons', 'seed', 'backend', 'scenario'] as const;
export type Field = (typeof FIELDS)[number];
/** What a link need not say. */
export const DEFAULTS = {
  preset: 'reference',
  trials: '100000',
  horizons: '16, 64, 256, 1024',
  seed: '1',
  backend: 'auto',
};

/** What every field says, as it is written. */
export type FormTexts = Readonly<Record<Field, string>>;

/** A run that can be asked for. */
export interface ReadRun {
  readonly settings: RunSettings;
  readonly backend: BackendChoice;
}

/**
 * Checks what the form says.
 * @param fill puts the values of a measured file in the place of its name
 * @param complain told what is wrong, from the last field to the first; `at` is what the error names, `tasks[2].weight`
 * @returns undefined where something is wrong
 */
export function readTexts(
  texts: FormTexts,
  complain: (field: Field, message: string, at: string | undefined) => void,
  fill: (document: unknown) => Pick<Filled, 'document' | 'read'> = (document) => ({ document, read: [] }),
): ReadRun | undefined {
  const check = <T>(field: Field, act: () => T): T | undefined => {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      complain(field, error.message, error.field);
      return undefined;
    }
  };
  const filled = check('scenario', () => {
    const value = fill(parseJsonText(texts.scenario, 'scenario'));
    parseScenario(value.document);
    return value;
  });
  const seed = check('seed', () => {
    if (texts.seed === '')
      throw new InputError('seed: got an empty text, expected a seed such as 1 or "monday"', 'seed');
    return texts.seed;
  });
  const horizons = check('horizons', () => parseHorizons('horizons', texts.horizons));
  const trials = check('trials', () => parseCount('trials', texts.trials.replaceAll(/[ ,_](?=\d{3})/g, '')));
  if (filled === undefined || trials === undefined || horizons === undefined || seed === undefined) return undefined;
  const { document, read } = filled;
  const settings = { document, trials, horizons, seed, ...(read.length === 0 ? {} : { read }) };
  return { settings, backend: texts.backend as BackendChoice };
}

/** What a link to the run of these texts says. */
export function linkOf(preset: string, { scenario, trials, horizons, seed, backend }: FormTexts): LinkedRun {
  return {
    ...(preset === OWN ? { scenario } : { preset }),
    ...{ trials, horizons, seed },
    ...(backend === DEFAULTS.backend ? {} : { backend }),
  };
}

/** The field that an error is about: what it names else is in the scenario. Undefined where it names nothing. */
export function fieldOf({ field }: PlainError): Field | undefined {
  const top = /^\w+/.exec(field ?? '')?.[0];
  if (top === undefined) return undefined;
  return FIELDS.find((name) => name === top) ?? 'scenario';
}

/**
 * What of a scenario's JSON a message is about: the line and column of broken JSON, or the key that an error names.
 * @returns the first character and that after the last; undefined where nothing is found
 */
export function placeIn(
  text: string,
  message: string,
  field: string | undefined,
): readonly [start: number, end: number] | undefined {
  const place = /line (\d+),? column (\d+)/.exec(message);
  if (place !== null) {
    const before = text.split('\n').slice(0, Number(place[1]) - 1);
    const at = before.reduce((sum, line) => sum + line.length + 1, 0) + Number(place[2]) - 1;
    return [at, at + 1];
  }
  // `tasks[2].weight`: key after key, and past as many elements as an index says.
  let at = 0;
  let end = 0;
  for (const [step, key] of (field ?? '').matchAll(/(\w+)|\[\d+\]/g)) {
    if (step.startsWith('[')) {
      for (let i = 0; i <= Number(step.slice(1, -1)); i++) at = Math.max(at, text.indexOf('{', at) + 1);
      continue;
    }
    const found = text.indexOf(`"${key}"`, at);
    if (found < 0) break;
    [at, end] = [found, found + key.length + 2];
  }
  return end > 0 ? [at, end] : undefined;
}
