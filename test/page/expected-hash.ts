/** What a run of the page must come to: the hash that Node's processor gives, of a preset or of a document. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { host } from '#host';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { prepareRun } from '../../src/study/plan.js';
import { studyOf } from '../../src/study/study.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { loadPreset } from '../../src/scenario/presets.js';

export async function expectedHash(
  preset: string | object,
  trials: number,
  horizons: readonly number[],
  seed: string,
): Promise<string> {
  const backend = createCpuBackend(host, 2);
  try {
    const request = { trials, horizons, seed };
    const { job } =
      typeof preset === 'string'
        ? prepareRun(resolveScenario(loadPreset(preset)), request)
        : studyOf(resolveScenario(parseScenario(preset)), request, 'validate').planned;
    return partialsSha256(await backend.run(job));
  } finally {
    await backend.release();
  }
}
