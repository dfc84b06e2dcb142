/** The form of a run: filled from presets and links, read with every message at its field. */
import type { PlainError } from '../plain-error.js';
import { presetDescription, presetDocument, presetNames } from '../scenario/presets.js';
import { element, say } from './elements.js';
import { InputError } from '../errors.js';
import { DEFAULTS, FIELDS, OWN, fieldOf, linkOf, placeIn, readTexts } from './form-values.js';
import type { Field, FormTexts, ReadRun } from './form-values.js';
import { MeasuredFiles, withFile } from './measured-files.js';
import type { LinkedRun } from './permalink.js';

export class RunForm {
  private readonly preset = element('preset', HTMLSelectElement);
  private readonly note = element('preset-note', HTMLElement);
  private readonly scenario = element('scenario', HTMLTextAreaElement);
  private readonly details = element('scenario-details', HTMLDetailsElement);
  private readonly measured = element('measured', HTMLInputElement);
  private readonly found = element('measured-read', HTMLElement);
  private readonly files = new MeasuredFiles(() => import('./measured-reader.js'));
  private readonly inputs = {
    trials: element('trials', HTMLInputElement),
    horizons: element('horizons', HTMLInputElement),
    seed: element('seed', HTMLInputElement),
    backend: element('backend', HTMLSelectElement),
    scenario: this.scenario,
  };

  constructor() {
    const { preset, scenario, inputs } = this;
    for (const name of presetNames()) preset.add(new Option(name, name));
    preset.add(new Option('my own', OWN));
    preset.addEventListener('change', () => {
      this.fillPreset(preset.value);
      if (preset.value === OWN) scenario.focus();
    });
    scenario.addEventListener('input', () => {
      preset.value = OWN;
      this.describe();
    });
    for (const field of FIELDS) {
      inputs[field].addEventListener('input', () => {
        this.mark(field, '');
      });
    }
    this.listenForFiles();
    this.fill({});
  }

  /** What the form says, checked; undefined where something is wrong, which then stands at its field. */
  read(): ReadRun | undefined {
    for (const field of FIELDS) this.mark(field, '');
    // The last complaint is of the first wrong field, which so has the focus.
    const complain = (field: Field, message: string, at: string | undefined): void => {
      this.complainAt(field, message, at);
    };
    say(this.found, '');
    return readTexts(this.texts(), complain, (document) => {
      const filled = this.files.fill(document);
      say(this.found, filled.text);
      return filled;
    });
  }

  /** Shows an error at the field that it names. @returns whether there is one */
  complain(failure: PlainError): boolean {
    const field = fieldOf(failure);
    if (field === undefined) return false;
    this.complainAt(field, failure.message, failure.field);
    return true;
  }

  /** What a link to this run says. */
  link(): LinkedRun {
    return linkOf(this.preset.value, this.texts());
  }

  fill(run: LinkedRun): void {
    const { scenario, inputs } = this;
    const { preset: name, scenario: text, ...own } = run;
    if (text === undefined) this.fillPreset(name ?? DEFAULTS.preset);
    else {
      scenario.value = text;
      this.fillPreset(OWN);
    }
    for (const field of ['trials', 'horizons', 'seed'] as const) inputs[field].value = own[field] ?? DEFAULTS[field];
    inputs.backend.value = own.backend ?? DEFAULTS.backend;
    if (inputs.backend.selectedIndex < 0) inputs.backend.value = DEFAULTS.backend;
  }

  setTrials(trials: number): void {
    this.inputs.trials.value = String(trials);
  }

  enable(enabled: boolean): void {
    for (const input of [this.preset, this.measured, ...Object.values(this.inputs)]) input.disabled = !enabled;
  }

  /** Files may be chosen, or dropped anywhere on the form. */
  private listenForFiles(): void {
    const { measured } = this;
    measured.addEventListener('change', () => {
      const file = measured.files?.[0];
      if (file !== undefined) void this.take(file);
    });
    const form = element('run-form', HTMLFormElement);
    const hover = (isOver: boolean): void => {
      form.classList.toggle('dropping', isOver);
    };
    form.addEventListener('dragover', (event) => {
      if (event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      hover(true);
    });
    form.addEventListener('dragleave', () => {
      hover(false);
    });
    form.addEventListener('drop', (event) => {
      const file = event.dataTransfer?.files[0];
      hover(false);
      if (file === undefined) return;
      event.preventDefault();
      if (!measured.disabled) void this.take(file);
    });
  }

  /** Takes a file for the harvest, and shows what is read of it, or why it is not. */
  private async take(file: File): Promise<void> {
    this.mark('scenario', '');
    say(this.found, `Reading ${file.name}…`);
    try {
      await this.files.add(file);
      this.scenario.value = withFile(this.scenario.value, file.name);
      this.preset.value = OWN;
      this.describe();
      say(this.found, this.files.fill(JSON.parse(this.scenario.value)).text);
    } catch (error) {
      say(this.found, '');
      if (!(error instanceof InputError)) throw error;
      this.complainAt('scenario', error.message, error.field);
    }
  }

  private texts(): FormTexts {
    const { trials, horizons, seed, backend, scenario } = this.inputs;
    return {
      trials: trials.value,
      horizons: horizons.value,
      seed: seed.value,
      backend: backend.value,
      scenario: scenario.value,
    };
  }

  private describe(): void {
    const { value } = this.preset;
    this.note.textContent = value === OWN ? 'as edited below' : presetDescription(value);
  }

  private fillPreset(name: string): void {
    this.preset.value = name;
    if (name === OWN) this.details.open = true;
    else this.scenario.value = JSON.stringify(presetDocument(name), null, 2);
    this.mark('scenario', '');
    this.describe();
  }

  private mark(field: Field, message: string): void {
    const input = this.inputs[field];
    say(element(`${field}-error`, HTMLElement), message);
    if (message === '') input.removeAttribute('aria-invalid');
    else input.setAttribute('aria-invalid', 'true');
  }

  private complainAt(field: Field, message: string, at: string | undefined): void {
    this.mark(field, message);
    if (field === 'scenario') this.details.open = true;
    this.inputs[field].focus();
    if (field !== 'scenario') return;
    // What a message is about is selected in the JSON.
    const place = placeIn(this.scenario.value, message, at);
    if (place !== undefined) this.scenario.setSelectionRange(...place);
  }
}
