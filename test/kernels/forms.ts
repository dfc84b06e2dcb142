/**
 * Every kernel in every form: a small job for each, and what comes out of it. A program that makes them on a device of
 * WebGPU (forms-program.ts) and the processor's twins must come to the same.
 */
import { sha256Hex } from '#sha256';
import type { Backend } from '../../src/engine/backend.js';
import { planJob, planTasksJob } from '../../src/engine/job.js';
import type { TasksJob } from '../../src/engine/job.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { planPassages } from '../../src/engine/passage-job.js';
import type { PassageJob } from '../../src/engine/passage-job.js';
import { planProofJob } from '../../src/engine/proof-job.js';
import { planSiteJob } from '../../src/engine/site-job.js';
import { STAGES } from '../../src/engine/stages.js';
import type { Stage } from '../../src/engine/stages.js';
import { volatility } from '../../src/fleet/walk-law.js';
import type { KERNELS } from '../../src/engine/webgpu/kernels.js';
import type { WalkForm } from '../../src/engine/webgpu/walk-pipelines.js';
import type { WalkTables } from '../../src/law/tables.js';
import { resolveScenario } from '../../src/fleet/resolve.js';
import { sampleSite } from '../../src/law/site-law.js';
import type { HarvestMode } from '../../src/law/site-tables.js';
import { SETTINGS, lawOf } from '../engine/jobs.js';
import { DAY, LOSSY, fleetWith, siteLawOf } from '../engine/site-settings.js';
import { referenceWith, taskLawOf } from '../engine/task-settings.js';

/** A device, or the processor in its place. */
export interface Maker {
  readonly backend: Backend;
  /** The same device, where tasks with lumped accounting are drawn slot by slot and not by rounds. */
  readonly bySlot: Backend;
  readonly stageSums: (job: TasksJob, stage: Stage, paths: number, times: number) => Promise<Int32Array>;
}

/** Whether kernels are those that a GPU gets, or those of a processor that plays one. */
export const ROLES = ['gpu', 'software'] as const;
export type Role = (typeof ROLES)[number];

export interface KernelForm {
  readonly name: string;
  /**
   * Of the sources that it runs, the one that it is there for; for both, or where there is only one, for a processor
   * alone.
   */
  readonly sources: Readonly<Partial<Record<Role, keyof typeof KERNELS>>>;
  /** A hash of what comes out. */
  readonly make: (maker: Maker) => Promise<string>;
}

/** What forms-program.ts tells of a form, and what it says when all are told. */
export interface Made {
  readonly role: Role;
  readonly name: string;
  /** A hash, or what failed. */
  readonly result: string;
}
export const END = 'end';

/** More than a part of the reduction, and a part that is not full. */
const PATHS = 4500;
const FEW = 300;
const SLOTS = 24;
const HORIZONS = [1, 7, SLOTS];
const request = { trials: PATHS, horizons: HORIZONS, seed: 'every form' };
const few = { ...request, trials: FEW };

const WALK_FORMS: readonly WalkForm[] = ['byte cells', 'any cells', 'residual cells'];

/** Cells of another width than they are planned with: another walk, which the twin walks as well. */
function wider<T extends { readonly tables: WalkTables }>(job: T, form: WalkForm): T {
  return form === 'any cells' ? { ...job, tables: { ...job.tables, coreShift: job.tables.coreShift + 1 } } : job;
}

function walks(): KernelForm[] {
  return WALK_FORMS.flatMap((form): KernelForm[] => {
    const setting = SETTINGS[form === 'residual cells' ? 1 : 0];
    const law = lawOf(setting, SLOTS);
    const passage = (): PassageJob =>
      planPassages(law, { deficitJoules: volatility(setting.walk), slots: SLOTS, trials: FEW, seed: 'every form' }).job;
    return [
      {
        name: `lumped, ${form}`,
        sources: { gpu: 'lumped', software: 'lumpedFromStorage' },
        make: async ({ backend }) => partialsSha256(await backend.run(wider(planJob(law, request), form))),
      },
      {
        name: `passage, ${form}`,
        sources: { gpu: 'passage', software: 'passageFromStorage' },
        make: async ({ backend }) => {
          const { slots, points } = await backend.passages(wider(passage(), form));
          return sha256Hex([...slots, ...points].join());
        },
      },
    ];
  });
}

function tasks(): KernelForm[] {
  return WALK_FORMS.flatMap((form): KernelForm[] => {
    const smooth = { harvest: { shape: 9, scaleJoules: 1800 }, slotSeconds: 3, arrivals: { ratePerSlot: 0.6 } };
    const law = taskLawOf(referenceWith(form === 'residual cells' ? {} : smooth), SLOTS);
    const lumped = wider(planTasksJob(law, 'lumped', few), form);
    const distributed = wider(planTasksJob(law, 'distributed', few), form);
    const proof = wider(planProofJob(law, few), form);
    const bySlot = { gpu: 'tasks', software: 'tasksFromStorage' } as const;
    return [
      {
        name: `tasks lumped, ${form}`,
        sources: { ...bySlot, gpu: 'tasksRounds' },
        make: async ({ backend }) => partialsSha256(await backend.run(lumped)),
      },
      {
        name: `tasks lumped by slot, ${form}`,
        sources: bySlot,
        make: async (maker) => partialsSha256(await maker.bySlot.run(lumped)),
      },
      {
        name: `tasks distributed, ${form}`,
        sources: bySlot,
        make: async ({ backend }) => partialsSha256(await backend.run(distributed)),
      },
      {
        name: `proof, ${form}`,
        sources: { gpu: 'proof', software: 'proofFromStorage' },
        make: async ({ backend }) => partialsSha256(await backend.run(proof)),
      },
      ...STAGES.map((stage): KernelForm => ({
        name: `stages: ${stage}, ${form}`,
        sources: { gpu: 'stages', software: 'stagesFromStorage' },
        make: async ({ stageSums }) => sha256Hex((await stageSums(lumped, stage, FEW, SLOTS)).join()),
      })),
    ];
  });
}

/** What a site harvests from, by mode and whether it has residual cells. */
const HARVESTS: readonly (readonly [HarvestMode, boolean, Record<string, unknown>])[] = [
  ['table', true, { mean: 'critical', variance: 'matched' }],
  ['table', false, { shape: 9, scaleJoules: 6000 }],
  ['factors', true, { shape: 0.5, scaleJoules: 60_000, profile: DAY }],
  ['factors', false, { shape: 9, scaleJoules: 6000, profile: DAY }],
  ['copula', false, { mean: 'critical', variance: 'matched', correlation: 0.9 }],
  [
    'trace',
    false,
    { trace: { values: [0, 0, 1500, 4200, 6100, 3300], unit: 'W', secondsPerValue: 40, play: 'loop', start: 'first' } },
  ],
];

function sites(): KernelForm[] {
  return HARVESTS.flatMap(([mode, residual, harvest]) =>
    [false, true].flatMap((queue) =>
      (['lumped', 'distributed'] as const).map((accounting): KernelForm => {
        const name = ['site', mode, ...(residual ? ['residual cells'] : []), ...(queue ? ['queue'] : []), accounting];
        const policy = { kind: 'backpressure', targetJoules: 300_000, joulesPerTask: 20_000 };
        const routing = { errorRate: 0.2, ...(queue ? { policy } : {}) };
        const battery = { ...LOSSY, capacityJoules: 500_000, dischargeLimitWatts: 20_000 };
        const law = siteLawOf(fleetWith({ accounting, routing, battery, harvest }), SLOTS);
        const own = { mode: law.tables.mode, residual: law.tables.residual, queue: law.tables.queue };
        const wanted = { mode, residual, queue };
        if (JSON.stringify(own) !== JSON.stringify(wanted))
          throw new Error(`a site is ${JSON.stringify(own)}, not ${JSON.stringify(wanted)}`);
        return {
          name: name.join(', '),
          sources: { software: 'site' },
          make: async ({ backend }) => partialsSha256(await backend.run(planSiteJob(law, few))),
        };
      }),
    ),
  );
}

/** Sites whose slots are drawn at once. */
function lumpedSites(): KernelForm[] {
  return HARVESTS.map(([mode, residual, harvest]): KernelForm => {
    const scenario = fleetWith({ battery: { ...LOSSY, capacityJoules: 500_000 }, harvest });
    const law = sampleSite(resolveScenario(scenario).site, { slots: SLOTS, form: 'lumped' });
    if (law.tables.mode !== mode || law.tables.residual !== residual) throw new Error(`${mode}: another form`);
    return {
      name: ['lumped site', mode, ...(residual ? ['residual cells'] : [])].join(', '),
      sources: { software: 'lumpedSite' },
      make: async ({ backend }) => partialsSha256(await backend.run(planSiteJob(law, few))),
    };
  });
}

/** The reduction and the sum of batches are part of every run; this one has many batches. */
function sums(): KernelForm[] {
  const law = lawOf(SETTINGS[0], SLOTS);
  return (['reduce', 'merge'] as const).map((source) => ({
    name: `${source}, ten batches`,
    sources: { gpu: source, software: source },
    make: async ({ backend }) =>
      partialsSha256(await backend.run(planJob(law, { ...request, seed: source }), { pathsPerBatch: PATHS / 10 })),
  }));
}

export function kernelForms(): KernelForm[] {
  return [...walks(), ...tasks(), ...sites(), ...lumpedSites(), ...sums()];
}
