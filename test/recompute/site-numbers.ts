/**
 * What a site's documents should say, from the integers of partials.json; laws and tests are theory's and the judge's.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { partialsFromJson } from '../../src/engine/partials-codec.js';
import type { PartialsJson } from '../../src/engine/partials-codec.js';
import { prepareSite } from '../../src/study/plan.js';
import { siteUnits } from '../../src/study/site.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { siteAllowance } from '../../src/stats/site-allowance.js';
import { siteReference } from '../../src/theory/site-reference.js';
import type { ExactSiteHorizon, SiteReference } from '../../src/theory/site-reference.js';
import { judgeSite } from '../../src/stats/site-verdict.js';
import { asked } from './exemptions.js';
import type { LeafRule } from './explained.js';
import { end, estimateRules } from './leaf-rules.js';
import { exactInterval, ownStatistics } from './own-statistics.js';
import type { OwnStatistics, RowJson } from './own-statistics.js';

/** Rows of a site's partials.json, each with all horizons. */
const ROWS = [
  ...['auxiliary', 'peak', 'waste', 'deficitSlots', 'passage', 'level', 'consumption', 'dispatched', 'waited'],
  ...['overflowed', 'aboveBound', 'undone', 'undoneEnergy', 'violations'],
];
/** A bin of the level, as bins that are evenly wide have it. */
const binOf = (value: number, { offset, shift }: RowJson['bins']): number => Math.floor((value - offset) / 2 ** shift);

export class SiteNumbers {
  readonly scenario: ReturnType<typeof parseScenario>;
  readonly prepared: ReturnType<typeof prepareSite>;
  readonly trials: number;
  private readonly known = new Map<string, unknown>();

  constructor(
    document: object,
    readonly horizons: readonly number[],
    private readonly partials: PartialsJson,
    readonly isJudged: boolean,
  ) {
    this.scenario = parseScenario(document);
    this.trials = partials.horizons[0].count;
    this.prepared = prepareSite(resolveScenario(this.scenario), { trials: this.trials, horizons, seed: 'recompute' });
  }

  /** Mean of a slot's harvest less what its tasks need, as the scenario has them: weather aside. */
  get drift(): number {
    const { harvest } = this.scenario;
    const times = 'mean' in harvest && typeof harvest.mean === 'object' ? harvest.mean.timesDemand : NaN;
    return (times - 1) * this.demand(1);
  }

  /** σ of a slot: Poisson demand, and a harvest of the same variance. */
  get sigma(): number {
    return Math.sqrt(2 * this.demand(2));
  }

  /** λ E[e^k]. */
  private demand(k: number): number {
    const { tasks, arrivals } = this.scenario;
    const weight = tasks.reduce((sum, task) => sum + task.weight, 0);
    const moment = tasks.reduce((sum, task) => {
      return sum + task.weight * ('energyJoules' in task ? task.energyJoules : NaN) ** k;
    }, 0);
    return (arrivals.ratePerSlot * moment) / weight;
  }

  private once<T>(name: string, make: () => T): T {
    if (!this.known.has(name)) this.known.set(name, make());
    return this.known.get(name) as T;
  }

  row(name: string, i: number): RowJson {
    return this.partials.horizons[ROWS.indexOf(name) * this.horizons.length + i];
  }

  /** @param unit of one step; joules of a quantum unless said */
  own(name: string, i: number, unit = this.prepared.law.quantumJoules): OwnStatistics {
    return this.once(`${name} ${i} ${unit}`, () => ownStatistics(this.row(name, i), unit));
  }

  peak(i: number): OwnStatistics {
    return this.own('peak', i, this.prepared.law.quantumJoules / this.scenario.slotSeconds);
  }

  /** The charge: no quantile of it is above the capacity, though a bin may be. */
  level(i: number): OwnStatistics {
    const { levelJoules, capacityQuanta } = this.prepared.law;
    const own = this.own('level', i, levelJoules);
    const most = capacityQuanta * levelJoules;
    return {
      ...own,
      quantile: (p) => Math.min(own.quantile(p), most),
      quantileInterval(p) {
        const [lower, upper] = own.quantileInterval(p);
        return [Math.min(lower, most), Math.min(upper, most)];
      },
    };
  }

  /** Share of the slots that lack energy. */
  lacking(i: number): OwnStatistics {
    return this.own('deficitSlots', i, 1 / this.horizons[i]);
  }

  private sumOf(name: string, i: number): number {
    return Number(this.row(name, i).sum);
  }

  perTask(name: string, i: number): number {
    return this.sumOf(name, i) / this.sumOf('dispatched', i);
  }

  /** Paths in the bin that holds the capacity, or above it. */
  private fullPaths(i: number): number {
    const { bins, histogram } = this.row('level', i);
    const from = binOf(this.prepared.law.capacityQuanta, bins) - histogram.first;
    return histogram.counts.slice(Math.max(0, from)).reduce((a, b) => a + b, 0);
  }

  full(i: number): readonly [share: number, interval: readonly [number, number]] {
    const paths = this.fullPaths(i);
    return this.once(`full ${i}`, () => [paths / this.trials, exactInterval(paths, this.trials)] as const);
  }

  /** The slot by which a share of the paths has lacked energy; null where it has not by the horizon. */
  firstSlot(i: number, p: number): number | null {
    const { bins, histogram } = this.row('passage', i);
    let paths = 0;
    for (const [k, count] of histogram.counts.entries()) {
      paths += count;
      const last = bins.offset + (histogram.first + k + 1) * 2 ** bins.shift - 1;
      if (paths >= p * this.trials) return Math.min(last, this.horizons[i]);
    }
    return null;
  }

  reference(): SiteReference {
    const { scenario, horizons } = this;
    return this.once('reference', () =>
      this.isJudged
        ? asked('laws of a site', siteReference(resolveScenario(scenario).site, horizons))
        : { kind: 'none', reason: 'not asked for' },
    );
  }

  exact(i: number): ExactSiteHorizon {
    const reference = this.reference();
    if (reference.kind === 'none') throw new Error('a site with an exact law was expected');
    return reference.horizons[i];
  }

  judgement(): ReturnType<typeof judgeSite> {
    const units = siteUnits({ ...this.prepared });
    return this.once('judgement', () =>
      asked('verdicts', judgeSite(partialsFromJson(this.partials), units, this.reference())),
    );
  }

  /** Of everything in `horizons` of the JSON. */
  leafRules(): LeafRule[] {
    return [...this.simulatedRules(), ...(this.isJudged ? this.exactRules() : [])];
  }

  private simulatedRules(): LeafRule[] {
    const at = '/horizons/(\\d)/site';
    const rule = (rest: string, expected: LeafRule[1]): LeafRule => [new RegExp(`^${at}/${rest}$`), expected];
    const mean = (name: string, of: (i: number) => OwnStatistics): LeafRule[] => [
      rule(`${name}/mean`, (i) => of(Number(i)).mean),
      rule(`${name}/standardError`, (i) => of(Number(i)).standardError),
      rule(`${name}/interval/(\\w+)`, (i, e) => of(Number(i)).meanInterval[end(e)]),
    ];
    const one = (name: string) => (i: number) => this.own(name, i, 1);
    const joules = (name: string) => (i: number) => this.own(name, i);
    return [
      [/^\/horizons\/(\d)\/slots$/, (i) => this.horizons[Number(i)]],
      [/^\/horizons\/\d\/trials$/, () => this.trials],
      ...estimateRules('/horizons/(\\d)', joules('auxiliary')),
      ...estimateRules(`${at}/peakWatts`, (i) => this.peak(i), 'mean'),
      ...estimateRules(`${at}/waste`, joules('waste'), 'mean'),
      ...estimateRules(`${at}/level`, (i) => this.level(i), 'mean'),
      rule('level/probabilityEmpty', (i) => this.level(Number(i)).zero),
      rule('level/probabilityEmptyInterval/(\\w+)', (i, e) => this.level(Number(i)).zeroInterval[end(e)]),
      rule('level/probabilityFull', (i) => this.full(Number(i))[0]),
      rule('level/probabilityFullInterval/(\\w+)', (i, e) => this.full(Number(i))[1][end(e)]),
      rule('firstPassage/probabilityNone', (i) => this.own('passage', Number(i)).zero),
      rule('firstPassage/interval/(\\w+)', (i, e) => this.own('passage', Number(i)).zeroInterval[end(e)]),
      rule('firstPassage/slotQuantiles/([\\d.]+)', (i, p) => this.firstSlot(Number(i), Number(p))),
      ...mean('deficitFraction', (i) => this.lacking(i)),
      ...mean('consumption', joules('consumption')),
      ...mean('dispatched', one('dispatched')),
      ...mean('aboveBound', joules('aboveBound')),
      ...mean('undone', one('undone')),
      ...mean('undoneEnergy', joules('undoneEnergy')),
      rule('joulesPerTask', (i) => this.perTask('consumption', Number(i)) * this.prepared.law.quantumJoules),
      rule('waitSlots', (i) => this.perTask('waited', Number(i))),
      rule('waitSeconds', (i) => this.perTask('waited', Number(i)) * this.scenario.slotSeconds),
      rule('overflowedShare', (i) => this.perTask('overflowed', Number(i))),
      // No path breaks a rule.
      rule('violations/\\w+', (i) => this.trials - this.row('violations', Number(i)).zeros),
    ];
  }

  private exactRules(): LeafRule[] {
    const rule = (rest: string, of: (exact: ExactSiteHorizon, ...groups: string[]) => number): LeafRule => [
      new RegExp(`^/horizons/(\\d)/${rest}$`),
      (i, ...groups) => of(this.exact(Number(i)), ...groups),
    ];
    const units = siteUnits(this.prepared);
    type Part = Record<string, number>;
    return [
      rule('exact/meanDeficit', (h) => h.auxiliary.value),
      rule('exact/standardDeviation', (h) => h.auxiliaryDeviation.value),
      rule('exact/probabilityZero', (h) => h.probabilityZero.value),
      rule('exact/quantiles/([\\d.]+)', (h, p) => h.auxiliaryLaw?.quantile(Number(p)) ?? NaN),
      rule('exact/error/mean', (h) => h.auxiliary.error),
      rule('exact/error/standardDeviation', (h) => h.auxiliaryDeviation.error),
      rule('exact/error/probabilityZero', (h) => h.probabilityZero.error),
      rule('exact/(waste|deficitSlots)/(\\w+)', (h, name, key) => h[name as 'waste'][key as 'value']),
      rule('exact/level/quantiles/([\\d.]+)', (h, p) => h.level.quantile(Number(p))),
      rule('exact/level/cdfError', (h) => h.level.cdfError),
      rule('exact/level/(\\w+)/(\\w+)', (h, name, key) => h.level[name as 'mean'][key as 'value']),
      rule('allowance/(\\w+)/(\\w+)', (h, name, key) => {
        const part: Part = { ...asked('laws of a site', siteAllowance(h, units))[name as 'auxiliary'] };
        return part[key];
      }),
      [
        /^\/horizons\/(\d)\/verdicts\/(\d+)\/coarse\/(\w+)$/,
        (i, k, key) => this.judgement().horizons[Number(i)].verdicts[Number(k)].coarse?.[key as 'error'] ?? null,
      ],
      [
        /^\/horizons\/(\d)\/verdicts\/(\d+)\/(\w+)$/,
        (i, k, key) => this.judgement().horizons[Number(i)].verdicts[Number(k)][key as 'pValue'],
      ],
    ];
  }
}
