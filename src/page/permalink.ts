/**
 * A run as the part of an address after `#`, and back: all that decides its numbers, and the hash that they must have.
 * No DOM.
 */
import { presetNames } from '../scenario/presets.js';

/** What a link says. Texts are as in the form: they are checked when the run starts. */
export interface LinkedRun {
  /** A preset's name, or the scenario's JSON text. */
  readonly preset?: string;
  readonly scenario?: string;
  readonly trials?: string;
  readonly horizons?: string;
  readonly seed?: string;
  readonly backend?: string;
  /** Hash of the partials that the run had. */
  readonly partials?: string;
}

const KEYS = ['preset', 'scenario', 'trials', 'horizons', 'seed', 'backend', 'partials'] as const;
/** What decides a run's numbers; every backend counts the same. */
const DECIDING = ['preset', 'scenario', 'trials', 'horizons', 'seed'] as const;

/** `preset=reference&trials=100000&…`. */
export function encodeLink(run: LinkedRun): string {
  const fields = new URLSearchParams();
  for (const key of KEYS) {
    const value = run[key];
    if (value !== undefined && value !== '') fields.set(key, value);
  }
  return fields.toString();
}

/** Reads what a link says; what it does not know, or a preset that is not there, is left out. */
export function decodeLink(fragment: string): LinkedRun {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''));
  const run: Partial<Record<(typeof KEYS)[number], string>> = {};
  for (const key of KEYS) {
    const value = fields.get(key);
    if (value !== null && value !== '') run[key] = value;
  }
  if (run.preset !== undefined && !presetNames().includes(run.preset)) delete run.preset;
  return run;
}

/** Whether two links are of one run: all that decides its numbers is alike. */
export function isSameRun(one: LinkedRun, other: LinkedRun): boolean {
  return DECIDING.every((key) => (one[key] ?? '') === (other[key] ?? ''));
}
