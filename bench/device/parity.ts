/**
 * The parity suite: jobs of every kernel and form on a device and on the processor, whose integers must be equal. No
 * tolerance. The walks are those of the engine's own tests; more paths, for a device runs them in no time.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Backend } from '../../src/engine/backend.js';
import { feedOf } from '../../src/engine/feed.js';
import { planJob, planTasksJob } from '../../src/engine/job.js';
import type { Job } from '../../src/engine/job.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { planPassages } from '../../src/engine/passage-job.js';
import { planProofJob } from '../../src/engine/proof-job.js';
import { planSiteJob } from '../../src/engine/site-job.js';
import { prepareRun } from '../../src/study/plan.js';
import { volatility } from '../../src/fleet/walk-law.js';
import { BatterywalkError } from '../../src/errors.js';
import { loadPreset } from '../../src/scenario/presets.js';
import { SETTINGS, jobOf, lawOf } from '../../test/engine/jobs.js';
import { SITE_SETTINGS, siteLawOf } from '../../test/engine/site-settings.js';
import { TASK_SETTINGS, taskLawOf } from '../../test/engine/task-settings.js';

/** What is run, and reduced to one hash. */
interface Case {
  readonly name: string;
  readonly paths: number;
  readonly run: (backend: Backend) => Promise<string>;
}

/** What came of a case on one form of the device's kernels. */
export interface ParityResult {
  readonly name: string;
  /** Where the kernel's columns lay. */
  readonly columns: string;
  readonly paths: number;
  readonly agree: boolean;
  /** The processor's hash. */
  readonly sha256: string;
  /** Why the device gave no hash. */
  readonly failure?: string;
}

/** A form of a device's backend. */
export interface DeviceForm {
  readonly columns: string;
  readonly backend: Backend;
  /**
   * Whether every case is run; a processor that plays a GPU compiles some forms for seconds, and runs the first few.
   */
  readonly all: boolean;
}

/** Paths whose deficits are compared one by one. */
const SINGLE_PATHS = 2000;

const hashOf = (words: Int32Array): string =>
  bytesToHex(sha256(new Uint8Array(words.buffer, words.byteOffset, words.byteLength)));

/** Partials of all paths, and the deficits of some of them path by path. */
function jobCase(name: string, job: Job): Case {
  return {
    name,
    paths: job.paths,
    async run(backend) {
      const partials = partialsSha256(await backend.run(job));
      return `${partials} ${hashOf(await backend.deficits({ ...job, paths: Math.min(job.paths, SINGLE_PATHS) }))}`;
    },
  };
}

/** All cases, of `paths` paths each. */
export function parityCases(paths: number): readonly Case[] {
  const seed = 'parity';
  const horizons = [1, 2, 17, 64, 300];
  const request = { trials: paths, horizons, seed };
  const w = loadPreset('benchmark');
  const cases: Case[] = [jobCase('W, lumped', prepareRun(resolveScenario(w), request).job)];
  for (const setting of SETTINGS) cases.push(jobCase(`lumped: ${setting.name}`, jobOf(setting, request)));
  const plain = jobOf(SETTINGS[0], request);
  if (plain.kernel === 'lumped') {
    // A width that laws without residual cells do not have by themselves.
    cases.push(jobCase('lumped: cells of 2^7 quanta', { ...plain, tables: { ...plain.tables, coreShift: 7 } }));
  }
  cases.push(jobCase('lumped: paths past 2^32', jobOf(SETTINGS[0], { ...request, firstPath: 2 ** 32 - 300 })));
  cases.push(jobCase('W, tasks', prepareRun(resolveScenario(w), { ...request, kernel: 'tasks' }).job));
  for (const { name, scenario, horizons: own } of TASK_SETTINGS) {
    const law = taskLawOf(scenario, own[own.length - 1]);
    const asked = { ...request, horizons: own };
    cases.push(jobCase(`tasks lumped: ${name}`, planTasksJob(law, 'lumped', asked)));
    cases.push(jobCase(`tasks distributed: ${name}`, planTasksJob(law, 'distributed', asked)));
    cases.push(jobCase(`proof: ${name}`, planProofJob(law, asked)));
  }
  for (const { name, scenario } of SITE_SETTINGS) {
    cases.push(jobCase(`site: ${name}`, planSiteJob(siteLawOf(scenario, horizons[horizons.length - 1]), request)));
  }
  for (const setting of SETTINGS) {
    const deficitJoules = 4 * volatility(setting.walk);
    const { job } = planPassages(lawOf(setting, 300), { deficitJoules, slots: 300, trials: paths, seed });
    cases.push({
      name: `passage: ${setting.name}`,
      paths,
      async run(backend) {
        const { slots, points } = await backend.passages(job);
        return `${hashOf(slots)} ${hashOf(points)}`;
      },
    });
  }
  const many = Array.from({ length: 60 }, (_, i) => {
    const trials = 1 + Math.floor((paths * (i % 7)) / 60);
    return planJob(lawOf(SETTINGS[i % SETTINGS.length], 60), { trials, horizons: [7, 60], seed: `many ${i}` });
  });
  cases.push({
    name: 'sixty jobs together',
    paths: many.reduce((sum, job) => sum + job.paths, 0),
    async run(backend) {
      const found = many.map(() => '');
      await backend.runAll(feedOf(many, (i, partials) => (found[i] = partialsSha256(partials))));
      return hashOf(Int32Array.from(found.join(''), (digit) => Number.parseInt(digit, 16)));
    },
  });
  return cases;
}

/** Runs every case on the processor and on each form of the device. */
export async function runParity(
  cases: readonly Case[],
  cpu: Backend,
  forms: readonly DeviceForm[],
  tell: (result: ParityResult) => void,
): Promise<readonly ParityResult[]> {
  const results: ParityResult[] = [];
  for (const [i, { name, paths, run }] of cases.entries()) {
    const expected = await run(cpu);
    for (const { columns, backend, all } of forms) {
      if (!all && i >= 2) continue;
      const result = { name, columns, paths, sha256: expected };
      const found = await run(backend).catch((error: unknown) => {
        if (error instanceof BatterywalkError) return error;
        throw error;
      });
      results.push(
        found instanceof BatterywalkError
          ? { ...result, agree: false, failure: found.message }
          : { ...result, agree: found === expected },
      );
      tell(results[results.length - 1]);
    }
  }
  return results;
}
