/**
 * What theory says of a site: the exact laws of its Markov chain where it is one, or else why there is none and, of a battery without limits, the diffusion limit with the
 * long-run variance. The limit is asymptotic: it is shown, and judges nothing.
 */
import { AccuracyError, InputError, PlanError } from '../errors.js';
import { isIdeal } from '../fleet/site.js';
import type { Site } from '../fleet/site.js';
import { brownianLaw } from '../theory/brownian.js';
import { auxiliaryLaw } from '../theory/chain/auxiliary-law.js';
import { batteryLaws } from '../theory/chain/battery-law.js';
import type { BatteryHorizon, MissingHorizon } from '../theory/chain/battery-law.js';
import { deficitChain } from '../theory/chain/deficit-chain.js';
import { longRun } from '../theory/chain/long-run.js';
import type { LongRun } from '../theory/chain/long-run.js';
import { restLaw } from '../theory/chain/rest-law.js';
import type { RestLaw } from '../theory/chain/rest-law.js';
import { siteChain } from '../theory/chain/site-chain.js';
import type { NoChain, SiteChain } from '../theory/chain/site-chain.js';
import { chargedLaw } from '../theory/charged.js';
import type { DeficitLaw, MissingPart } from '../theory/deficit-law.js';

/** A distribution function that knows how far it may be off. */
export interface BoundedCdf {
  cdf(v: number): number;
  quantile(p: number): number;
  cdfErrorAt(v: number): number;
}

/** One horizon of a site's exact law, joules. */
export interface ExactSiteHorizon extends BatteryHorizon {
  /** The whole law of the auxiliary energy, where it is at hand. */
  readonly auxiliaryLaw?: BoundedCdf;
  /** Set where that law was wanted and could not be had. */
  readonly missing?: MissingPart;
}

export interface ExactSite {
  readonly kind: 'exact';
  readonly chain: SiteChain;
  /** Those whose law is there, ascending. */
  readonly horizons: readonly ExactSiteHorizon[];
  /** Those without; none where left out. */
  readonly missing?: readonly MissingHorizon[];
}

/** A diffusion limit of (D − b)⁺. */
export interface AsymptoticSite {
  readonly constants: LongRun;
  readonly horizons: readonly DeficitLaw[];
}

export interface NoExactSite {
  readonly kind: 'none';
  /** In words: why nothing exact is known. */
  readonly reason: string;
  readonly asymptotic?: AsymptoticSite;
}

export type SiteReference = ExactSite | NoExactSite;

/** Most slots for which the whole law of the auxiliary energy is made: its cost grows with their square (some 10 s), the deficit's less. */
const LAW_SLOTS = 64;
const DEFICIT_SLOTS = 1024;

/** Paths with auxiliary energy that are too few for a law of it to be made. */
const RAREST = 1e-9;

const REASONS: Record<NoChain, string> = {
  'correlated harvest': 'the harvest of a slot depends on that of the slot before (harvest.correlation)',
  'drawn trace': 'the start or the blocks of the trace are drawn (harvest.trace)',
  'tasks that wait': 'tasks wait, so that the battery alone is no Markov chain (routing.policy)',
  'distributed accounting': 'energy is burned over the service (accounting "distributed")',
  'long period': 'the slots repeat too late for their laws to be kept (profiles, trace)',
};

/** Theory's answer for a site at horizons in ascending order. Takes seconds to a minute. */
export function siteReference(site: Site, horizons: readonly number[]): SiteReference {
  const chain = siteChain(site);
  if (typeof chain === 'string') return { kind: 'none', reason: REASONS[chain], ...asymptotic(site, horizons) };
  const { laws, missing } = batteryLaws(chain, horizons);
  if (laws.length === 0) return { kind: 'none', reason: missing[0].missing.reason, ...asymptotic(site, horizons) };
  // Where hardly any path lacks energy there is no law to see.
  const seen = laws.filter((law) => 1 - law.probabilityZero.value > RAREST).map((law) => law.slots);
  const whole = wholeLaw(chain, seen, laws[laws.length - 1].highest);
  return {
    kind: 'exact',
    chain,
    horizons: laws.map((law) => ({ ...law, ...(law.slots === whole?.slots ? whole.part : {}) })),
    missing,
  };
}

/** The exact law of a horizon, or what is missing of it. Throws InputError where the reference knows neither. */
export function exactAt({ horizons, missing = [] }: ExactSite, slots: number): ExactSiteHorizon | MissingHorizon {
  const found = [...horizons, ...missing].find((horizon) => horizon.slots === slots);
  if (found !== undefined) return found;
  throw new InputError(
    `horizons: got one of ${slots} slots, but the exact laws are for ` +
      `${horizons.map((h) => h.slots).join(', ')}: give one for each`,
    'horizons',
  );
}

/** Whether a horizon has its law. */
export function isKnown(horizon: ExactSiteHorizon | MissingHorizon): horizon is ExactSiteHorizon {
  return 'auxiliary' in horizon;
}

type WholeLaw = Pick<ExactSiteHorizon, 'auxiliaryLaw' | 'missing'>;

/**
 * The law of the auxiliary energy at the last horizon for which it is not too dear. `highest`: joules that no level
 * leaves, so that a larger capacity is none.
 */
function wholeLaw(
  chain: SiteChain,
  horizons: readonly number[],
  highest: number,
): { readonly slots: number; readonly part: WholeLaw } | undefined {
  const { battery } = chain;
  const ideal = isIdeal(highest < battery.capacityJoules ? { ...battery, capacityJoules: Infinity } : battery);
  const slots = horizons.filter((t) => t <= (ideal ? DEFICIT_SLOTS : LAW_SLOTS)).at(-1);
  // Without a capacity, losses and limits leave moments only.
  if (slots === undefined || (!ideal && battery.capacityJoules === Infinity)) return undefined;
  const part = givenOrMissing('distribution', () =>
    ideal
      ? deficitBeyond(chain, slots)
      : auxiliaryLaw({ ...chain, battery: { ...battery, capacityJoules: Math.min(highest, battery.capacityJoules) } }, [
          slots,
        ])[0],
  );
  return { slots, part: 'reason' in part ? { missing: part } : { auxiliaryLaw: part } };
}

/** The law of what an ideal battery lacks: of the walk's deficit beyond its charge. */
function deficitBeyond(chain: SiteChain, slots: number): BoundedCdf {
  const [law] = deficitChain(chain, [slots]);
  const charged = chargedLaw(law, chain.battery.initialJoules);
  return {
    cdf: (a) => charged.cdf(a),
    quantile: (p) => charged.quantile(p),
    cdfErrorAt: () => law.error.cdf,
  };
}

/** What an exact site's battery comes to after long: its law, or why it is missing; undefined without a capacity. */
export function restReference({ chain }: ExactSite): RestLaw | MissingPart | undefined {
  if (chain.battery.capacityJoules === Infinity) return undefined;
  return givenOrMissing('law at rest', () => restLaw(chain, chain.period));
}

/** A part of theory that takes nothing with it where it cannot be had. */
function givenOrMissing<T extends object>(what: MissingPart['what'], make: () => T): T | MissingPart {
  try {
    return make();
  } catch (error) {
    if (error instanceof AccuracyError) {
      const { message, reached } = error;
      return { what, reason: message, ...(reached === undefined ? {} : { error: reached }) };
    }
    if (!(error instanceof PlanError)) throw error;
    return { what, reason: error.message };
  }
}

/** The diffusion limit of a battery without limits whose tasks do not wait. */
function asymptotic(site: Site, horizons: readonly number[]): { readonly asymptotic?: AsymptoticSite } {
  const { harvest, battery } = site;
  if (!isIdeal(battery)) return {};
  const correlation = harvest.kind === 'gamma' ? harvest.correlation : undefined;
  const steady: Site = {
    ...site,
    accounting: 'lumped',
    harvest: harvest.kind === 'gamma' ? { ...harvest, correlation: undefined } : harvest,
  };
  const chain = siteChain(steady);
  if (typeof chain === 'string') return {};
  const constants = longRun({ ...chain, ...(correlation === undefined ? {} : { correlation }) });
  return {
    asymptotic: {
      constants,
      horizons: horizons.map((slots) => chargedLaw(brownianLaw(constants, slots), battery.initialJoules)),
    },
  };
}
