/** The form of a run: filled from presets and links, read with every message at its field. */
import { InputError } from '../errors.js';
import { parseJsonText } from '../scenario/json-text.js';
import { parseScenario } from '../scenario/parse.js';
import { presetDescription, presetDocument, presetNames } from '../scenario/presets.js';
import { parseCount, parseHorizons } from '../scenario/values.js';
import { element, say } from './elements.js';
import type { LinkedRun } from './permalink.js';
import type { PlainError } from '../plain-error.js';
import type { BackendChoice, RunSettings } from './protocol.js';

const OWN = 'own';
const FIELDS = ['trials', 'horizons', 'seed', 'backend', 'scenario'] as const;
type Field = (typeof FIELDS)[number];
const DEFAULTS = { preset: 'reference', trials: '100000', horizons: '16, 64, 256, 1024', seed: '1', backend: 'auto' };

export interface RunForm {
  /** What the form says, checked; undefined where something is wrong, which then stands at its field. */
  read(): { readonly settings: RunSettings; readonly backend: BackendChoice } | undefined;
  /** Shows an error at the field that it names. @returns whether there is one */
  complain(failure: PlainError): boolean;
  /** What a link to this run says. */
  link(): LinkedRun;
  fill(run: LinkedRun): void;
  setTrials(trials: number): void;
  enable(enabled: boolean): void;
}

export function startForm(): RunForm {
  const preset = element('preset', HTMLSelectElement);
  const note = element('preset-note', HTMLElement);
  const scenario = element('scenario', HTMLTextAreaElement);
  const details = element('scenario-details', HTMLDetailsElement);
  const inputs = {
    trials: element('trials', HTMLInputElement),
    horizons: element('horizons', HTMLInputElement),
    seed: element('seed', HTMLInputElement),
    backend: element('backend', HTMLSelectElement),
    scenario,
  };
  for (const name of presetNames()) preset.add(new Option(name, name));
  preset.add(new Option('my own', OWN));

  const describe = (): void => {
    note.textContent = preset.value === OWN ? 'as edited below' : presetDescription(preset.value);
  };
  const fillPreset = (name: string): void => {
    preset.value = name;
    if (name === OWN) details.open = true;
    else scenario.value = JSON.stringify(presetDocument(name), null, 2);
    mark('scenario', '');
    describe();
  };
  preset.addEventListener('change', () => {
    fillPreset(preset.value);
    if (preset.value === OWN) scenario.focus();
  });
  scenario.addEventListener('input', () => {
    preset.value = OWN;
    describe();
  });
  for (const field of FIELDS) {
    inputs[field].addEventListener('input', () => {
      mark(field, '');
    });
  }

  function mark(field: Field, message: string): void {
    const input = inputs[field];
    say(element(`${field}-error`, HTMLElement), message);
    if (message === '') input.removeAttribute('aria-invalid');
    else input.setAttribute('aria-invalid', 'true');
  }

  const complainAt = (field: Field, message: string, at?: string): void => {
    mark(field, message);
    if (field === 'scenario') details.open = true;
    inputs[field].focus();
    if (field === 'scenario') selectField(scenario, message, at);
  };

  const read: RunForm['read'] = () => {
    for (const field of FIELDS) mark(field, '');
    // From the last to the first, so that the first wrong field has the focus.
    const check = <T>(field: Field, act: () => T): T | undefined => {
      try {
        return act();
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        complainAt(field, error.message, error.field);
        return undefined;
      }
    };
    const document = check('scenario', () => {
      const value: unknown = parseJsonText(scenario.value, 'scenario');
      parseScenario(value);
      return value;
    });
    const seed = check('seed', () => {
      if (inputs.seed.value === '')
        throw new InputError('seed: got an empty text, expected a seed such as 1 or "monday"', 'seed');
      return inputs.seed.value;
    });
    const horizons = check('horizons', () => parseHorizons('horizons', inputs.horizons.value));
    const trials = check('trials', () => parseCount('trials', inputs.trials.value.replaceAll(/[ ,_](?=\d{3})/g, '')));
    if (document === undefined || trials === undefined || horizons === undefined || seed === undefined)
      return undefined;
    return { settings: { document, trials, horizons, seed }, backend: inputs.backend.value as BackendChoice };
  };

  const fill: RunForm['fill'] = (run) => {
    const { preset: name, scenario: text, ...own } = run;
    if (text === undefined) fillPreset(name ?? DEFAULTS.preset);
    else {
      scenario.value = text;
      fillPreset(OWN);
    }
    for (const field of ['trials', 'horizons', 'seed'] as const) inputs[field].value = own[field] ?? DEFAULTS[field];
    inputs.backend.value = own.backend ?? DEFAULTS.backend;
    if (inputs.backend.selectedIndex < 0) inputs.backend.value = DEFAULTS.backend;
  };
  fill({});

  return {
    read,
    fill,
    complain: ({ field, message }) => {
      const top = /^\w+/.exec(field ?? '')?.[0];
      const known = FIELDS.find((name) => name === top);
      if (field === undefined || top === undefined) return false;
      complainAt(known ?? 'scenario', message, field);
      return true;
    },
    link: () => ({
      ...(preset.value === OWN ? { scenario: scenario.value } : { preset: preset.value }),
      trials: inputs.trials.value,
      horizons: inputs.horizons.value,
      seed: inputs.seed.value,
      ...(inputs.backend.value === DEFAULTS.backend ? {} : { backend: inputs.backend.value }),
    }),
    setTrials: (trials) => {
      inputs.trials.value = String(trials);
    },
    enable: (enabled) => {
      for (const input of [preset, ...Object.values(inputs)]) input.disabled = !enabled;
    },
  };
}

/** Selects in the JSON what a message is about: the line and column of broken JSON, or the key that an error names. */
function selectField(area: HTMLTextAreaElement, message: string, field: string | undefined): void {
  const place = /line (\d+),? column (\d+)/.exec(message);
  if (place !== null) {
    const before = area.value.split('\n').slice(0, Number(place[1]) - 1);
    const at = before.reduce((sum, line) => sum + line.length + 1, 0) + Number(place[2]) - 1;
    area.setSelectionRange(at, at + 1);
    return;
  }
  // `tasks[2].weight`: key after key, and past as many elements as an index says.
  let at = 0;
  let end = 0;
  for (const [step, key] of (field ?? '').matchAll(/(\w+)|\[\d+\]/g)) {
    if (step.startsWith('[')) {
      for (let i = 0; i <= Number(step.slice(1, -1)); i++) at = Math.max(at, area.value.indexOf('{', at) + 1);
      continue;
    }
    const found = area.value.indexOf(`"${key}"`, at);
    if (found < 0) break;
    [at, end] = [found, found + key.length + 2];
  }
  if (end > 0) area.setSelectionRange(at, end);
}
