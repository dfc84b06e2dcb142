/** The public API: re-exports only. */
export * from './errors.js';
export * from './engine/gpujs/errors.js';
export { VERSION } from './version.js';
export { host } from './host/host.js';
export type { AdapterDescription, AdapterHandle, AdapterKind, Host } from './host/contract.js';

export { parseScenario } from './scenario/parse.js';
export { parseTrace } from './scenario/trace/parse-trace.js';
export type { Trace, TraceOptions } from './scenario/trace/parse-trace.js';
export { resolveTrace, resolveTraceReference } from './scenario/trace/resolve.js';
export { loadPreset, presetNames } from './scenario/presets.js';
export type { Scenario } from './scenario/scenario.js';
export type { ModelProfile, TaskRow, TaskTable } from './fleet/task-table.js';
export { resolveScenario } from './fleet/resolve.js';
export type { Resolved } from './fleet/resolve.js';
export type { BatteryLaw, Site } from './fleet/site.js';
export type { TaskKind } from './fleet/task-kinds.js';
export { drift, incrementCumulant, volatility } from './fleet/walk-law.js';
export type { DemandLaw, HarvestLaw, WalkLaw } from './fleet/walk-law.js';

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

export { brownianLaw, deviation } from './theory/brownian.js';
export { compoundIncrement } from './theory/compound-increment.js';
export { latticeIncrement } from './theory/lattice-increment.js';
export { correctedLaw, walkConstants } from './theory/corrected.js';
export type { WalkConstants } from './theory/corrected.js';
export { exactMoments } from './theory/exact/moments.js';
export type { ExactMoments } from './theory/exact/moments.js';
export { exactLaw } from './theory/exact/law.js';
export type { ExactError, ExactLaw } from './theory/exact/law.js';
export { auxiliaryLaw } from './theory/chain/auxiliary-law.js';
export type { AuxiliaryLaw } from './theory/chain/constant-law.js';
export { batteryLaw } from './theory/chain/battery-law.js';
export type { BatteryHorizon, LevelLaw } from './theory/chain/battery-law.js';
export { deficitChain } from './theory/chain/deficit-chain.js';
export type { Estimate } from './theory/chain/extrapolate.js';
export { longRun } from './theory/chain/long-run.js';
export type { LongRun, PeriodicProcess } from './theory/chain/long-run.js';
export type { ChainModel, SlotLaw, SlotProcess } from './theory/chain/model.js';
export { restLaw } from './theory/chain/rest-law.js';
export type { RestLaw } from './theory/chain/rest-law.js';
export { siteChain } from './theory/chain/site-chain.js';
export type { NoChain, SiteChain } from './theory/chain/site-chain.js';
export { chargedLaw } from './theory/charged.js';
export type { DeficitLaw, MissingPart } from './theory/deficit-law.js';
export type { IncrementLaw } from './theory/increment.js';

export { summarize } from './stats/summary.js';
export type { HorizonSummary, Summary } from './stats/summary.js';
export { judgeProof } from './stats/proof.js';
export type { Proof } from './stats/proof.js';
export { judge } from './stats/verdict.js';
export type { ExactReference, HorizonVerdicts, Judgement, JudgeOptions, Verdict } from './stats/verdict.js';
export { siteReference } from './stats/site-reference.js';
export type { SiteReference } from './stats/site-reference.js';
export { summarizeSite } from './stats/site-summary.js';
export type { SiteHorizon, SiteSummary, SiteUnits } from './stats/site-summary.js';
export { judgeSite } from './stats/site-verdict.js';
export type { SiteJudgement, SiteVerdict } from './stats/site-verdict.js';
export { supDistance } from './stats/distance.js';
export { reserveCurve, reserveFromPartials } from './stats/reserve.js';
export { reserveFromLaw } from './stats/reserve-law.js';
export type { EstimatedReserve, Reserve } from './stats/reserve.js';
export { planTails, simulateTail } from './stats/rare-tail.js';
export { chargedTheory, sampledReferences, walkTheory } from './study/theory.js';
export type { HorizonTheory, WalkTheory } from './study/theory.js';
