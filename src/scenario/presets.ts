/**
 * The scenarios that come with the product, by name. Their documents are checked like a user's when they are loaded.
 */
import { InputError } from '../errors.js';
import { likelyMeant } from './nearest.js';
import { parseScenario } from './parse.js';
import benchmark from './presets/benchmark.json';
import rareHeavy from './presets/rare-heavy.json';
import reference from './presets/reference.json';
import shortfall from './presets/shortfall.json';
import solarSite from './presets/solar-site.json';
import surplus from './presets/surplus.json';
import type { Scenario } from './scenario.js';

/** What each is, in a line, and its document. */
const PRESETS: ReadonlyMap<string, readonly [description: string, document: unknown]> = new Map([
  ['reference', ['two models (8 B, 70 B), ten difficulties, critical harvest', reference]],
  ['benchmark', ['ten energies from 0.4 to 10 kJ, five tasks a slot, critical harvest', benchmark]],
  ['surplus', ['three energies, harvest 10 % above demand: the deficit stays bounded', surplus]],
  ['shortfall', ['three energies, harvest 2 % below demand: the deficit grows linearly', shortfall]],
  ['rare-heavy', ['one task in 200 takes 200 times the energy, harvest 10 % above demand', rareHeavy]],
  ['solar-site', ['a day of sun with weather, a battery with losses, two models, patient tasks', solarSite]],
]);

/** Names of the bundled scenarios, `reference` first. */
export function presetNames(): readonly string[] {
  return [...PRESETS.keys()];
}

/** One line on a preset. @throws {InputError} on an unknown name. */
export function presetDescription(name: string): string {
  return presetOf(name)[0];
}

/**
 * The preset's document as it stands in its file, unchecked: what a sweep edits. @throws {InputError} on an unknown
 * name.
 */
export function presetDocument(name: string): unknown {
  return structuredClone(presetOf(name)[1]);
}

/** The checked preset. @throws {InputError} on an unknown name, with the nearest known one. */
export function loadPreset(name: string): Scenario {
  return parseScenario(presetOf(name)[1]);
}

function presetOf(name: string): readonly [description: string, document: unknown] {
  const preset = PRESETS.get(name);
  if (preset !== undefined) return preset;
  const meant = likelyMeant(name, presetNames());
  const hint = meant === undefined ? '' : ` (did you mean ${JSON.stringify(meant)}?)`;
  throw new InputError(
    `preset: got ${JSON.stringify(name)}${hint}, expected one of ${presetNames().join(', ')}`,
    'preset',
  );
}
