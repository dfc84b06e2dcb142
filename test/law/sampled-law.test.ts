/** Sampled laws of the presets, over a long walk. All that the engine promises: sampled-law.long.test.ts. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { test } from 'vitest';
import { loadPreset } from '../../src/scenario/presets.js';
import { checkSampled } from './sampled-law-checks.js';

test.each(['benchmark', 'surplus', 'shortfall'])('the %s scenario', (name) => {
  checkSampled(resolveScenario(loadPreset(name)).walk, 4096, 100);
});
test('the reference scenario', () => {
  checkSampled(resolveScenario(loadPreset('reference')).walk, 4096, undefined);
});
