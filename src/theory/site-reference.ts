/**
 * What theory says of a site: the exact laws of its Markov chain where it is one, or else why there is none and, of a
 * battery without limits, the diffusion limit with the long-run variance. The limit is asymptotic: it is shown, and
 * judges nothing.
 */
import { AccuracyError, InputError, PlanError } from '../errors.js';
import { isIdeal } from '../fleet/site.js';
import type { Site } from '../fleet/site.js';
import { brownianLaw } from './brownian.js';
import { auxiliaryLaw } from './chain/auxiliary-law.js';
import { constantTotals } from './chain/constant-law.js';
import { batteryLaws } from './chain/battery-law.js';
import type { BatteryHorizon, MissingHorizon } from './chain/battery-law.js';
import { deficitChain } from './chain/deficit-chain.js';
import { longRun } from './chain/long-run.js';
import type { LongRun } from './chain/long-run.js';
import { restLaw } from './chain/rest-law.js';
import type { RestLaw } from './chain/rest-law.js';
import { siteChain } from './chain/site-chain.js';
import type { NoChain, SiteChain } from './chain/site-chain.js';
import type { TabulatedLaw } from './chain/tabulated.js';
import { chargedLaw } from './charged.js';
import type { DeficitLaw, MissingPart } from './deficit-law.js';
import type { Estimate } from './chain/extrapolate.js';

/** A distribution function on [0, ∞) that knows how far it may be off. */
export type BoundedCdf = Omit<TabulatedLaw, 'cdfError'>;

/** One horizon of a site's exact law, joules. */
export interface ExactSiteHorizon extends BatteryHorizon {
  /** The whole law of the auxiliary energy, where it is at hand. */
  readonly auxiliaryLaw?: BoundedCdf;
  /** Set where that law was wanted and could not be had. */
  readonly missing?: MissingPart;
}

/** A site whose battery is a Markov chain, with its laws. */
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

/** A site without exact laws. */
export interface NoExactSite {
  readonly kind: 'none';
  /** In words: why nothing exact is known. */
  readonly reason: string;
  readonly asymptotic?: AsymptoticSite;
}

/** The exact values of a site, or why there are none. */
export type SiteReference = ExactSite | NoExactSite;

/**
 * Most slots for which the whole law of the auxiliary energy is made: its cost grows with their square (some 10 s, all
 * horizons in one pass), the deficit's less.
 */
const LAW_SLOTS = 64;
const DEFICIT_SLOTS = 1024;

/** Paths with auxiliary energy that are too few for a law of it to be made. */
export const RAREST = 1e-9;

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
  const whole = wholeLaws(chain, laws);
  return {
    kind: 'exact',
    chain,
    horizons: laws.map((law) => ({ ...law, ...whole.get(law.slots) })),
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

/** The law of the auxiliary energy at each horizon, or why it is missing. */
function wholeLaws(chain: SiteChain, laws: readonly BatteryHorizon[]): Map<number, WholeLaw> {
  const found = new Map<number, WholeLaw>();
  const { battery } = chain;
  // A larger capacity than any level comes to is none.
  const { highest } = laws[laws.length - 1];
  const isOpen = highest < battery.capacityJoules;
  const ideal = isIdeal(isOpen ? { ...battery, capacityJoules: Infinity } : battery);
  const most = ideal ? DEFICIT_SLOTS : LAW_SLOTS;
  const own = { ...chain, battery: { ...battery, capacityJoules: Math.min(highest, battery.capacityJoules) } };
  const wanted: number[] = [];
  for (const { slots, probabilityZero } of laws) {
    if (1 - probabilityZero.value <= RAREST) found.set(slots, { auxiliaryLaw: hardlyAny(probabilityZero) });
    else if (slots <= most) wanted.push(slots);
    else found.set(slots, { missing: { what: 'distribution', reason: tooLong(slots, most) } });
  }
  if (wanted.length === 0) return found;
  for (const law of constantTotals(own, wanted)) found.set(law.slots, { auxiliaryLaw: law });
  const others = wanted.filter((slots) => !found.has(slots));
  if (ideal) {
    for (const slots of others) {
      const law = givenOrMissing('distribution', () => deficitBeyond(chain, slots));
      found.set(slots, 'reason' in law ? { missing: law } : { auxiliaryLaw: law });
    }
  } else if (battery.capacityJoules === Infinity) {
    others.forEach((slots) => found.set(slots, { missing: { what: 'distribution', reason: NO_CAPACITY } }));
  } else givenTogether(own, others, found);
  return found;
}

const NO_CAPACITY =
  'the auxiliary energy of a battery without a capacity, but with losses or limits, has moments here and no law';

const tooLong = (slots: number, most: number): string =>
  `the law of the auxiliary energy costs too much at ${slots} slots, expected at most ${most}`;

/** All laws of one pass, or where that cannot be had the reason for each. */
function givenTogether(own: SiteChain, slots: readonly number[], found: Map<number, WholeLaw>): void {
  if (slots.length === 0) return;
  const laws = givenOrMissing('distribution', () => auxiliaryLaw(own, slots));
  if ('reason' in laws) slots.forEach((t) => found.set(t, { missing: laws }));
  else laws.forEach((law) => found.set(law.slots, { auxiliaryLaw: law }));
}

/** Where hardly any path lacks energy: all but so little of the law is at 0, and where the rest is does not matter. */
function hardlyAny({ value, error }: Estimate): BoundedCdf {
  return {
    cdf: (a) => (a < 0 ? 0 : Math.min(1, value)),
    quantile: () => 0,
    cdfErrorAt: () => Math.max(0, 1 - value) + error,
  };
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
