/**
 * `batterywalk/theory`: the laws of a scenario, or of plain numbers, and nothing of the engine. Re-exports only.
 *
 * A walk is `resolveScenario(scenario).walk`, or an object of numbers (`WalkLaw`); a site is `resolved.site`. Energies
 * are joules, horizons are slots.
 */
export * from '../errors.js';
export { parseScenario } from '../scenario/parse.js';
export { loadPreset, presetNames } from '../scenario/presets.js';
export type { Scenario } from '../scenario/scenario.js';
export { resolveScenario } from '../fleet/resolve.js';
export type { Resolved } from '../fleet/resolve.js';
export type { BatteryLaw, Site } from '../fleet/site.js';
export { drift, incrementCumulant, volatility } from '../fleet/walk-law.js';
export type { DemandLaw, HarvestLaw, WalkLaw } from '../fleet/walk-law.js';

// All three laws of a walk at once; of a site its exact laws, or why there are none.
export { chargedTheory, walkTheory } from './walk-theory.js';
export type { HorizonTheory, WalkTheory } from './walk-theory.js';
export { siteReference } from './site-reference.js';
export type {
  AsymptoticSite,
  BoundedCdf,
  ExactSite,
  ExactSiteHorizon,
  NoExactSite,
  SiteReference,
} from './site-reference.js';

// The slot's net consumption.
export { compoundIncrement } from './compound-increment.js';
export { latticeIncrement } from './lattice-increment.js';
export type { CompoundIncrement, IncrementLaw, LatticeIncrement } from './increment.js';

// The deficit D_T: Brownian, corrected, exact.
export type { DeficitLaw, MissingPart } from './deficit-law.js';
export { brownianLaw, criticalMean, deviation, shortageMean, surplusMean } from './brownian.js';
export type { BrownianConstants } from './brownian.js';
export { correctedLaw, walkConstants } from './corrected.js';
export type { WalkConstants } from './corrected.js';
export { overshootConstant } from './overshoot.js';
export { adjustmentCoefficient } from './rare.js';
export { exactMoments } from './exact/moments.js';
export type { ExactMoments } from './exact/moments.js';
export { exactLaw } from './exact/law.js';
export type { ExactError, ExactLaw } from './exact/law.js';
export { chargedLaw } from './charged.js';

// A battery with limits: its chain.
export { siteChain } from './chain/site-chain.js';
export type { NoChain, SiteChain } from './chain/site-chain.js';
export type { ChainModel, SlotLaw, SlotProcess } from './chain/model.js';
export type { Estimate } from './chain/extrapolate.js';
export { auxiliaryLaw } from './chain/auxiliary-law.js';
export type { AuxiliaryLaw } from './chain/constant-law.js';
export { batteryLaw } from './chain/battery-law.js';
export type { BatteryHorizon, LevelLaw } from './chain/battery-law.js';
export { deficitChain } from './chain/deficit-chain.js';
export { longRun } from './chain/long-run.js';
export type { LongRun, PeriodicProcess } from './chain/long-run.js';
export { restLaw } from './chain/rest-law.js';
export type { RestLaw } from './chain/rest-law.js';
export type { TabulatedLaw } from './chain/tabulated.js';
