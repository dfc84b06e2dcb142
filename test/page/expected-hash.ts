/** What a run of the page must come to: the hash that Node's processor gives. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { host } from '#host';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { prepareRun } from '../../src/study/plan.js';
import { loadPreset } from '../../src/scenario/presets.js';

export async function expectedHash(
  preset: string,
  trials: number,
  horizons: readonly number[],
  seed: string,
): Promise<string> {
  const backend = createCpuBackend(host, 2);
  try {
    return partialsSha256(
      await backend.run(prepareRun(resolveScenario(loadPreset(preset)), { trials, horizons, seed }).job),
    );
  } finally {
    await backend.release();
  }
}
