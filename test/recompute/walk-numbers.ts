/**
 * What a judged walk's documents should say, from its integers: estimates by own-statistics.ts, laws and tests as
 * theory and the judge have them, asked of the same integers. What is dear is worked out once.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import type { PartialsJson } from '../../src/engine/partials-codec.js';
import { partialsFromJson } from '../../src/engine/partials-codec.js';
import { prepareRun } from '../../src/study/plan.js';
import type { WalkLaw } from '../../src/fleet/walk-law.js';
import { energyMoment } from '../../src/fleet/walk-law.js';
import type { SampledLaw } from '../../src/law/sampled-law.js';
import type { TaskLaw } from '../../src/law/task-law.js';
import { sampledReferences } from '../../src/study/references.js';
import { walkTheory } from '../../src/theory/walk-theory.js';
import type { HorizonTheory } from '../../src/theory/walk-theory.js';
import { parseScenario } from '../../src/scenario/parse.js';
import type { Scenario } from '../../src/scenario/scenario.js';
import { judge } from '../../src/stats/verdict.js';
import type { Judgement } from '../../src/stats/verdict.js';
import type { DeficitLaw } from '../../src/theory/deficit-law.js';
import { asked } from './exemptions.js';
import { ownStatistics } from './own-statistics.js';
import type { OwnStatistics, RowJson } from './own-statistics.js';

export type LawName = 'exact' | 'corrected' | 'brownian';

/** What of a prepared run gives integers their meaning. */
export interface PreparedWalk {
  readonly walk: WalkLaw;
  readonly law: SampledLaw | TaskLaw;
}

export class WalkNumbers {
  readonly scenario: Scenario;
  readonly own: readonly OwnStatistics[];
  readonly trials: number;
  /** σ of a slot: Poisson demand, and a harvest of the same variance. */
  readonly sigma: number;
  /** The band of Dvoretzky, Kiefer and Wolfowitz at 95 %. */
  readonly critical: number;
  private readonly theory: ReturnType<typeof walkTheory>;
  private readonly known = new Map<string, unknown>();

  constructor(
    document: unknown,
    readonly horizons: readonly number[],
    private readonly rows: readonly RowJson[],
    readonly prepared: PreparedWalk,
    private readonly familyAlpha = 0.001,
  ) {
    this.scenario = parseScenario(document);
    this.theory = asked('laws of a walk', walkTheory(prepared.walk, horizons));
    this.own = rows.map((row) => ownStatistics(row, prepared.law.quantumJoules));
    this.trials = this.own[0].trials;
    const { demand } = prepared.walk;
    this.sigma = Math.sqrt(2 * demand.ratePerSlot * energyMoment(demand, 2));
    this.critical = Math.sqrt(Math.log(2 / 0.05) / (2 * this.trials));
  }

  once<T>(name: string, make: () => T): T {
    if (!this.known.has(name)) this.known.set(name, make());
    return this.known.get(name) as T;
  }

  law(i: number, name: string): DeficitLaw {
    return this.theory.horizons[i][name.toLowerCase() as LawName];
  }

  error(i: number): HorizonTheory['exact']['error'] {
    return this.theory.horizons[i].exact.error;
  }

  /** P(D ≤ d) by a law at all edges of a horizon. */
  lawAt(i: number, name: string): readonly number[] {
    return this.once(`${name} ${i}`, () => this.own[i].edges.slice(0, -1).map(([d]) => this.law(i, name).cdf(d)));
  }

  /** P(D ≤ d) of the walk that was sampled, at all edges of a horizon. */
  sampledAt(i: number): readonly number[] {
    return this.once(`sampled ${i}`, () => {
      const law = this.once('references', () => sampledReferences(this.prepared.law, this.theory))[i].law;
      return this.own[i].edges.slice(0, -1).map(([d]) => law?.cdf(d) ?? NaN);
    });
  }

  /** sup over the edges of |paths − Brownian law|. */
  seen(i: number): number {
    const { edges } = this.own[i];
    return this.once(`seen ${i}`, () =>
      Math.max(...this.lawAt(i, 'brownian').map((p, k) => Math.abs(edges[k][1] / this.trials - p))),
    );
  }

  /** sup over the edges from a deficit on of |law − exact law|. */
  apart(i: number, name: string, from = 0): number {
    const exact = this.lawAt(i, 'exact');
    const gaps = this.lawAt(i, name).map((p, k) => (this.own[i].edges[k][0] >= from ? Math.abs(p - exact[k]) : 0));
    return Math.max(...gaps);
  }

  expectedDistance(i: number): number {
    return this.once(`expected ${i}`, () => this.apart(i, 'brownian'));
  }

  /** Trials from which the Brownian law is told from the exact one. */
  needed(i: number): number {
    return Math.ceil(Math.log(2 / 0.05) / (2 * this.expectedDistance(i) ** 2));
  }

  /** Tests are theory's and the judge's own: asked of the same integers. */
  verdicts(): Judgement {
    return this.once('verdicts', () => {
      const references = this.once('references', () => sampledReferences(this.prepared.law, this.theory));
      const json: PartialsJson = { partialsVersion: 1, horizons: [...this.rows] };
      const { familyAlpha } = this;
      return asked(
        'verdicts',
        judge(partialsFromJson(json), this.prepared.law.quantumJoules, references, { familyAlpha }),
      );
    });
  }
}

/** Of a run with lumped accounting. */
export function walkNumbers(
  document: unknown,
  horizons: readonly number[],
  { horizons: rows }: PartialsJson,
  seed: string,
): WalkNumbers {
  const scenario = parseScenario(document);
  const prepared = prepareRun(resolveScenario(scenario), { trials: rows[0].count, horizons, seed });
  return new WalkNumbers(document, horizons, rows, prepared);
}
