/** Runs of odd sites: judged by the exact laws, and held against the walk in doubles. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import type { Backend } from '../../src/engine/backend.js';
import { BIN_COUNT, binOf, binStart } from '../../src/engine/partials.js';
import type { HorizonPartials, Partials } from '../../src/engine/partials.js';
import { PlanError } from '../../src/errors.js';
import type { Site } from '../../src/fleet/site.js';
import { batteryLaw } from '../../src/theory/chain/battery-law.js';
import { siteChain } from '../../src/theory/chain/site-chain.js';
import { prepareSite } from '../../src/study/plan.js';
import type { PreparedSite } from '../../src/study/plan.js';
import { splitSite } from '../../src/engine/site-job.js';
import { siteUnits } from '../../src/study/site.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { siteReference } from '../../src/theory/site-reference.js';
import type { SiteReference } from '../../src/theory/site-reference.js';
import { judgeSite } from '../../src/stats/site-verdict.js';
import type { SiteJudgement } from '../../src/stats/site-verdict.js';
import { SEEN, oddScenario, oddSite, walkInDoubles } from './odd-sites.js';
import type { SeenSums } from './odd-sites.js';

const HORIZONS = [1, 5, 16];

/** How a run draws its slots: as `run` and `validate` do, or every task, as comparisons and sweeps do. */
export type Form = 'fastest' | 'tasks';

/** A site with what theory says of it: seeds share both. */
export interface OddRun {
  readonly index: number;
  readonly prepared: (trials: number, seed: string, form: Form) => PreparedSite;
  readonly reference: SiteReference;
}

/** One site in so many has the whole law of its auxiliary energy as well, which takes some seconds. */
const WHOLE = 8;

export function oddRun(index: number): OddRun {
  const scenario = parseScenario(oddScenario(oddSite(index)));
  const prepared: OddRun['prepared'] = (trials, seed, form) =>
    prepareSite(resolveScenario(scenario), { trials, horizons: HORIZONS, seed }, form);
  const { site } = prepared(1, 'odd', 'tasks');
  return { index, prepared, reference: index % WHOLE === 0 ? siteReference(site, HORIZONS) : momentsOf(site) };
}

/** The exact laws without that of the auxiliary energy. */
function momentsOf(site: Site): SiteReference {
  const chain = siteChain(site);
  if (typeof chain === 'string') return { kind: 'none', reason: chain };
  try {
    return { kind: 'exact', chain, horizons: batteryLaw(chain, HORIZONS) };
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    return { kind: 'none', reason: error.message };
  }
}

/** A seed's run and what is said of it. */
export async function judgeOdd(
  { prepared, reference }: OddRun,
  backend: Backend,
  trials: number,
  seed: string,
  form: Form,
): Promise<{ readonly partials: Partials; readonly judgement: SiteJudgement }> {
  const ready = prepared(trials, seed, form);
  const partials = await backend.run(ready.job);
  return { partials, judgement: judgeSite(partials, siteUnits(ready), reference) };
}

/** What failed, in words; nothing where all is well. */
export function failures(index: number, seed: string, { horizons }: SiteJudgement): string[] {
  return horizons.flatMap(({ slots, violations, verdicts }) => [
    ...violations.map(({ name, paths }) => `${index} ${seed} T ${slots}: ${name} on ${paths} paths`),
    ...verdicts
      .filter(({ pass }) => !pass)
      .map(({ quantity, name, statistic, pValue }) => {
        return `${index} ${seed} T ${slots}: ${quantity} ${name} ${statistic.toFixed(2)}, p ${pValue.toExponential(1)}`;
      }),
  ]);
}

/** One number of a run and of the walk in doubles. */
export interface Held {
  readonly what: string;
  readonly z: number;
}

/**
 * Differences of a run from a walk in doubles of as many paths, in standard errors. The spread is that of both samples
 * together about their common mean, so that a single path with a large number is one standard error, not many.
 */
export function holdAgainstDoubles({ index, prepared }: OddRun, partials: Partials, seed: number, form: Form): Held[] {
  const ready = prepared(1, 'odd', form);
  const { levelJoules, quantumJoules, capacityQuanta } = siteUnits(ready);
  const rows = splitSite(partials);
  const paths = rows.level[0].count;
  const { bins } = rows.level[0];
  const topBin = capacityQuanta === Infinity ? BIN_COUNT : binOf(capacityQuanta, bins);
  const top = (binStart(topBin, bins) - 0.5) * levelJoules;
  const other: SeenSums = walkInDoubles(oddSite(index), HORIZONS, paths, seed, top);
  return HORIZONS.flatMap((slots, h) => {
    const own = SEEN.map((name): { sum: number; square: number } => {
      const share = (count: number) => ({ sum: count, square: count });
      const total = (row: HorizonPartials, unit: number) => ({
        sum: Number(row.sum) * unit,
        square: Number(row.sumOfSquares) * unit * unit,
      });
      switch (name) {
        case 'auxiliary':
        case 'waste':
          return total(rows[name][h], quantumJoules);
        case 'level':
          return total(rows.level[h], levelJoules);
        case 'deficitSlots':
          return total(rows.deficitSlots[h], 1);
        case 'lacked':
          return share(paths - rows.auxiliary[h].zeros);
        case 'empty':
          return share(rows.level[h].zeros);
        case 'full':
          return share(rows.level[h].histogram.reduce((sum, count, i) => sum + (i >= topBin ? count : 0), 0));
      }
    });
    return SEEN.map((name, k): Held => {
      const { sum, square } = own[k];
      const mean = (sum + other.sums[h][k]) / (2 * paths);
      const variance = (square + other.squares[h][k]) / (2 * paths) - mean * mean;
      const difference = (sum - other.sums[h][k]) / paths;
      // What rounding to quanta may leave: a part in 1e6 of a slot's energy, where there is no spread.
      const floor = 1e-12 * mean * mean;
      const z = difference / Math.sqrt((2 * Math.max(variance, floor * paths)) / paths || 1);
      return { what: `${index} T ${slots} ${name}: ${sum / paths} and ${other.sums[h][k] / paths}`, z };
    });
  });
}
