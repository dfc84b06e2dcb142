/** The public API: re-exports only. */
export * from './errors.js';
export * from './engine/gpujs/errors.js';
export { VERSION } from './version.js';
export { host } from './engine/host/host.js';
export type { AdapterDescription, AdapterHandle, AdapterKind, Host } from './engine/host/contract.js';

export { parseScenario } from './scenario/parse.js';
export { loadPreset, presetNames } from './scenario/presets.js';
export type { Scenario } from './scenario/scenario.js';
export { buildTaskTable } from './fleet/task-table.js';
export type { ModelProfile, TaskRow, TaskTable } from './fleet/task-table.js';
export { walkLaw } from './fleet/demand.js';
export { taskKinds } from './fleet/task-kinds.js';
export type { TaskKind } from './fleet/task-kinds.js';
export { drift, incrementCumulant, volatility } from './fleet/walk-law.js';
export type { DemandLaw, HarvestLaw, WalkLaw } from './fleet/walk-law.js';

export { sampleLaw } from './law/sampled-law.js';
export type { SampledLaw, SamplingError, SamplingPlan } from './law/sampled-law.js';
export { sampleTaskLaw } from './law/task-law.js';
export type { TaskLaw, TaskPlan, TaskSource } from './law/task-law.js';
export type { LatticeMixture } from './law/lattice-mixture.js';

export { prepareProof, prepareRun, runPrepared, simulate } from './engine/simulate.js';
export type { PreparedProof, PreparedRun, RunRequest, Simulation } from './engine/simulate.js';
export { openBackend } from './engine/open-backend.js';
export type { BackendRequest } from './engine/open-backend.js';
export type { Backend, BackendName, RunControl, RunProgress } from './engine/backend.js';
export { planJob, planTasksJob } from './engine/job.js';
export type { Job, JobRequest, KernelName } from './engine/job.js';
export { splitProof } from './engine/proof-job.js';
export type { ProofJob } from './engine/proof-job.js';
export { streamKey } from './engine/stream-key.js';
export { BIN_COUNT, emptyPartials, mergePartials } from './engine/partials.js';
export type { BinLayout, HorizonLayout, HorizonPartials, Partials } from './engine/partials.js';
export { encodePartials, partialsFromJson, partialsSha256, partialsToJson } from './engine/partials-codec.js';
export type { PartialsJson } from './engine/partials-codec.js';

export { brownianLaw, deviation } from './theory/brownian.js';
export { compoundIncrement } from './theory/compound-increment.js';
export { latticeIncrement } from './theory/lattice-increment.js';
export { correctedLaw, walkConstants } from './theory/corrected.js';
export type { WalkConstants } from './theory/corrected.js';
export { exactMoments } from './theory/exact/moments.js';
export type { ExactMoments } from './theory/exact/moments.js';
export { exactLaw } from './theory/exact/law.js';
export type { ExactLaw } from './theory/exact/law.js';
export { chargedLaw } from './theory/charged.js';
export type { DeficitLaw } from './theory/deficit-law.js';
export type { IncrementLaw } from './theory/increment.js';

export { summarize } from './stats/summary.js';
export type { HorizonSummary, Summary } from './stats/summary.js';
export { judgeProof } from './stats/proof.js';
export type { Proof } from './stats/proof.js';
export { judge } from './stats/verdict.js';
export type { ExactReference, HorizonVerdicts, Judgement, JudgeOptions, Verdict } from './stats/verdict.js';
export { supDistance } from './stats/distance.js';
export { reserveCurve, reserveFromPartials } from './stats/reserve.js';
export { reserveFromLaw } from './stats/reserve-law.js';
export type { EstimatedReserve, Reserve } from './stats/reserve.js';
export { planTails, simulateTail } from './stats/rare-tail.js';
export { chargedTheory, sampledReferences, walkTheory } from './report/rungs.js';
export type { HorizonTheory, WalkTheory } from './report/rungs.js';
