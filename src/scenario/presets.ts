/** The scenarios that come with the product, by name. Their documents are checked like a user's when they are loaded. */
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

interface Preset {
  readonly description: string;
  readonly document: unknown;
}

const PRESETS: ReadonlyMap<string, Preset> = new Map([
  ['reference', { description: 'two models (8 B, 70 B), ten difficulties, critical harvest', document: reference }],
  [
    'benchmark',
    { description: 'ten energies from 0.4 to 10 kJ, five tasks a slot, critical harvest', document: benchmark },
  ],
  [
    'surplus',
    { description: 'three energies, harvest 10 % above demand: the deficit stays bounded', document: surplus },
  ],
  [
    'shortfall',
    { description: 'three energies, harvest 2 % below demand: the deficit grows linearly', document: shortfall },
  ],
  [
    'rare-heavy',
    { description: 'one task in 200 takes 200 times the energy, harvest 10 % above demand', document: rareHeavy },
  ],
  [
    'solar-site',
    { description: 'a day of sun with weather, a battery with losses, two models, patient tasks', document: solarSite },
  ],
]);

/** Names of the bundled scenarios, `reference` first. */
export function presetNames(): readonly string[] {
  return [...PRESETS.keys()];
}

/** One line on a preset. @throws {InputError} on an unknown name. */
export function presetDescription(name: string): string {
  return presetOf(name).description;
}

/** The preset's document as it stands in its file, unchecked: what a sweep edits. @throws {InputError} on an unknown name. */
export function presetDocument(name: string): unknown {
  return structuredClone(presetOf(name).document);
}

/** The checked preset. @throws {InputError} on an unknown name, with the nearest known one. */
export function loadPreset(name: string): Scenario {
  return parseScenario(presetOf(name).document);
}

function presetOf(name: string): Preset {
  const preset = PRESETS.get(name);
  if (preset !== undefined) return preset;
  const meant = likelyMeant(name, presetNames());
  const hint = meant === undefined ? '' : ` (did you mean ${JSON.stringify(meant)}?)`;
  throw new InputError(
    `preset: got ${JSON.stringify(name)}${hint}, expected one of ${presetNames().join(', ')}`,
    'preset',
  );
}
