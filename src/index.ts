/** The public API: re-exports only. Its laws, and errors, are those of `batterywalk/theory`. */
export * from './theory/index.js';
export * from './engine/gpujs/errors.js';
export { VERSION } from './version.js';
export { host } from './host/host.js';
export type { AdapterDescription, AdapterHandle, AdapterKind, Host } from './host/contract.js';

export { parseTrace } from './scenario/trace/parse-trace.js';
export type { Trace, TraceOptions } from './scenario/trace/parse-trace.js';
export { resolveTrace, resolveTraceReference } from './scenario/trace/resolve.js';
export type { ModelProfile, TaskRow, TaskTable } from './fleet/task-table.js';
export type { TaskKind } from './fleet/task-kinds.js';

export { sampleLaw } from './law/sampled-law.js';
export type { SampledLaw, SamplingPlan } from './law/sampled-law.js';
export type { SamplingError } from './law/sampling-error.js';
export { sampleTaskLaw } from './law/task-law.js';
export type { TaskLaw, TaskPlan, TaskSource } from './law/task-law.js';
export { sampleSite } from './law/site-law.js';
export type { SiteLaw } from './law/site-law.js';
export type { LatticeMixture } from './law/lattice-mixture.js';

export { prepareProof, prepareRun, prepareSite } from './study/plan.js';
export { simulate, validate } from './library/simulate.js';
export type { SimulationResult, StudyOptions, ValidationResult } from './library/simulate.js';
export { compare, design } from './library/compare.js';
export type {
  CompareOptions,
  ComparisonResult,
  DesignOptions,
  DesignSearchResult,
  NamedScenario,
} from './library/compare.js';
export type { RunOptions, ScenarioInput, StudyProgress } from './library/options.js';
export { runPrepared } from './study/run.js';
export type { PreparedProof, PreparedRun, PreparedSite, RunRequest } from './study/plan.js';
export type { FinishedRun } from './study/finished.js';
export { openBackend } from './engine/open-backend.js';
export type { BackendRequest } from './engine/open-backend.js';
export type { Backend, BackendName, RunControl, RunProgress } from './engine/backend.js';
export { planJob, planTasksJob } from './engine/job.js';
export type { Job, KernelName } from './engine/job.js';
export type { JobRequest } from './engine/job-request.js';
export { splitProof } from './engine/proof-job.js';
export type { ProofJob } from './engine/proof-job.js';
export { SITE_ROWS, SITE_VIOLATION, splitSite } from './engine/site-job.js';
export type { SiteJob, SiteRow } from './engine/site-job.js';
export { streamKey } from './engine/stream-key.js';
export { BIN_COUNT, emptyPartials, mergePartials } from './engine/partials.js';
export type { BinLayout, HorizonLayout, HorizonPartials, Partials } from './engine/partials.js';
export { encodePartials, partialsFromJson, partialsSha256, partialsToJson } from './engine/partials-codec.js';
export type { PartialsJson } from './engine/partials-codec.js';

export { summarize } from './stats/summary.js';
export type { HorizonSummary, Summary } from './stats/summary.js';
export { judgeProof } from './stats/proof.js';
export type { Proof } from './stats/proof.js';
export { judge } from './stats/verdict.js';
export type { ExactReference, HorizonVerdicts, Judgement, JudgeOptions, Verdict } from './stats/verdict.js';
export { summarizeSite } from './stats/site-summary.js';
export type { SiteHorizon, SiteSummary, SiteUnits } from './stats/site-summary.js';
export { judgeSite } from './stats/site-verdict.js';
export type { SiteJudgement, SiteVerdict } from './stats/site-verdict.js';
export { supDistance } from './stats/distance.js';
export { reserveCurve, reserveFromPartials } from './stats/reserve.js';
export { reserveFromLaw } from './stats/reserve-law.js';
export type { EstimatedReserve, Reserve } from './stats/reserve.js';
export { planTails, simulateTail } from './stats/rare-tail.js';
export { sampledReferences } from './study/references.js';
