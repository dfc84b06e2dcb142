/** A site as a model: judged by the exact laws of its chain, where it is one, and by what no path may do. */
import { splitSite } from '../engine/site-job.js';
import type { LumpedSiteRow, SiteRow } from '../engine/site-job.js';
import { factorSum } from '../fleet/periodic.js';
import { energyMoment, volatility } from '../fleet/walk-law.js';
import { siteReference } from '../theory/site-reference.js';
import type { SiteReference } from '../theory/site-reference.js';
import { summarizeSite } from '../stats/site-summary.js';
import type { SiteSummary, SiteUnits } from '../stats/site-summary.js';
import { judgeSite } from '../stats/site-verdict.js';
import type { SiteJudgement } from '../stats/site-verdict.js';
import type { FinishedSite } from './finished.js';
import type { Model, Tally } from './model.js';
import { prepareSite } from './plan.js';
import type { PreparedSite } from './plan.js';

export interface SiteTheory {
  readonly kind: 'site';
  readonly reference: SiteReference;
}

export interface SummarizedSite {
  readonly kind: 'site';
  readonly run: FinishedSite;
  readonly summary: SiteSummary;
  /** Of what no path may do. */
  readonly judgement: SiteJudgement;
  readonly pass: boolean;
}

export interface ValidatedSite extends SummarizedSite {
  readonly reference: SiteReference;
}

export const siteModel: Model<PreparedSite, SiteTheory, SiteReference, SummarizedSite, ValidatedSite> = {
  kind: 'site',
  // Points of a sweep or a search keep their tasks: those of other policies then share their draws.
  plan(of, { kernel, ...request }, purpose) {
    return prepareSite(of, request, kernel ?? (purpose === 'point' ? 'tasks' : 'fastest'));
  },
  tallies({ law, scenario }) {
    const { quantumJoules, levelJoules } = law;
    const tally = (row: LumpedSiteRow, unit = quantumJoules): Tally => ({
      rows: (partials) => splitSite(partials)[row],
      unit,
    });
    const taskTally = (row: SiteRow, unit: number): Tally => ({ rows: (p) => splitSite(p)[row] ?? [], unit });
    return {
      auxiliary: tally('auxiliary'),
      peak: tally('peak', quantumJoules / scenario.slotSeconds),
      waste: tally('waste'),
      level: tally('level', levelJoules),
      consumption: tally('consumption'),
      deficitSlots: tally('deficitSlots', 1),
      // Nothing is undone where slots are drawn at once.
      ...(law.form === 'tasks' ? { undoneEnergy: taskTally('undoneEnergy', quantumJoules) } : {}),
    };
  },
  theory: (of, horizons) => ({ kind: 'site', reference: siteReference(of.site, horizons) }),
  reference: (_, { reference }) => reference,
  summarize(run) {
    const { judgement, ...rest } = judged(run, { kind: 'none', reason: 'not asked for' });
    return { ...rest, judgement };
  },
  judge: (run, reference) => ({ ...judged(run, reference), reference }),
};

function judged(run: FinishedSite, reference: SiteReference): SummarizedSite {
  const units = siteUnits(run);
  const judgement = judgeSite(run.partials, units, reference);
  return { kind: 'site', run, summary: summarizeSite(run.partials, units), judgement, pass: judgement.pass };
}

/** What gives a site's integers their units. */
export function siteUnits({ law, scenario, site }: PreparedSite): SiteUnits {
  const { quantumJoules, levelJoules, capacityQuanta } = law;
  return {
    ...{ quantumJoules, levelJoules, capacityQuanta },
    slotSeconds: scenario.slotSeconds,
    volatilityJoules: volatility(site.walk),
    joulesPerTask: energyMoment(site.walk.demand, 1),
    expectedTasks: (slots) => site.walk.demand.ratePerSlot * factorSum(site.arrivals, slots),
    get samplingError() {
      return law.samplingError;
    },
  };
}
