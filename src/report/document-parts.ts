/**
 * How every document begins and ends (contract): what was asked, what ran it, the law of a slot, the hash of what came.
 */
import { partialsSha256 } from '../engine/partials-codec.js';
import { drift, volatility } from '../fleet/walk-law.js';
import type { WalkLaw } from '../fleet/walk-law.js';
import type { SamplingError } from '../law/sampling-error.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Outcome } from '../study/finished.js';
import { VERSION } from '../version.js';

interface Ran extends Pick<Outcome, 'backend' | 'adapter'> {
  readonly scenario: Scenario;
  readonly seed: string;
}

export function documentHead({ scenario, seed, backend, adapter }: Ran) {
  return { schemaVersion: 1, scenario, seed, engine: { version: VERSION, backend, adapter } };
}

/** The law of a slot. */
export function slotLaw(walk: WalkLaw) {
  return { driftJoulesPerSlot: drift(walk), volatilityJoules: volatility(walk) };
}

/** The head of what was walked: the law of a slot with what its sampling does to it. */
export function walkedHead(
  run: Ran & { readonly law: { readonly quantumJoules: number; readonly samplingError: SamplingError } },
  walk: WalkLaw,
) {
  const { quantumJoules, samplingError } = run.law;
  return { ...documentHead(run), law: { ...slotLaw(walk), quantumJoules, samplingError } };
}

export function documentEnd({
  partials,
  elapsedSeconds,
  pathSlotsPerSecond,
  precision,
}: Pick<Outcome, 'partials' | 'elapsedSeconds' | 'pathSlotsPerSecond' | 'precision'>) {
  return {
    ...(precision === undefined ? {} : { precision: precisionDocument(precision) }),
    partialsSha256: partialsSha256(partials),
    elapsedSeconds,
    pathSlotsPerSecond,
  };
}

/** How a precision target (`--until`) came out; the interval is the target's own, corrected for the looks taken. */
function precisionDocument({ target, look }: NonNullable<Outcome['precision']>) {
  return {
    ...(target.quantity === undefined ? {} : { quantity: target.quantity }),
    of: target.of,
    targetRelativeHalfWidth: target.relativeHalfWidth,
    reachedRelativeHalfWidth: look.relativeHalfWidth,
    met: look.met,
    estimate: look.estimate,
    interval: look.interval,
    trialsNeeded: look.trialsNeeded,
  };
}
