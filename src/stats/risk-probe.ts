/**
 * One look at a design: is its risk surely at most the target, surely at least it, or not to be told apart from it? A design that is open
 * gets more paths, stage by stage, up to a budget.
 */
import { InputError } from '../errors.js';
import { binomialAtLeast, binomialAtMost, clopperPearson } from './binomial.js';
import type { Interval } from './binomial.js';

/**
 * How many of the first `trials` paths fail; as many paths or more may come back. Paths of one number see the same
 * words at every x.
 */
export type EvaluateRisk = (
  x: number,
  trials: number,
) => Promise<{ readonly failures: number; readonly trials: number }>;

/** What was seen of one design. */
export interface DesignEvaluation {
  readonly x: number;
  readonly failures: number;
  readonly trials: number;
  /** Of the risk: Clopper–Pearson, at the confidence of its stage. */
  readonly interval: Interval;
  /** `meets`: the risk is surely at most the target; `fails`: surely at least it; `open`: neither, after as many paths as are allowed. */
  readonly verdict: 'meets' | 'fails' | 'open';
}

export interface ProbePlan {
  /** Target risk, between 0 and 1. */
  readonly risk: number;
  /** That every verdict `meets` or `fails` of a search is right. */
  readonly confidence: number;
  readonly firstTrials: number;
  readonly maximumTrials: number;
}

/** Paths grow fourfold from stage to stage: what earlier stages cost is at most a third of the last. */
const GROWTH = 4;

/** A number of paths, and the chance on either side that is spent on being wrong there. */
interface Stage {
  readonly trials: number;
  readonly tail: number;
}

/**
 * Half of the chance of being wrong goes to the last stage, where the interval comes from, and half to all before it;
 * no more is spent where more designs are looked at. That rests on paths being monotone: one that fails at x fails at
 * every worse design. The failures of the first n paths are then a monotone step function of x, and a wrong `meets` at
 * any design that misses the target implies that as few failures, or fewer, were seen at the best of those; likewise a
 * wrong `fails`. So one design on either side is all that can go wrong at a stage.
 *
 * It is true path by path where a battery without losses is varied on one lattice, under a router that does not look at
 * it: more of it never lacks more. It is not where tables change: a word may find a smaller harvest in the table of the
 * larger law. A path that fails at a design and not at a worse one is a new draw between the two, and then the argument
 * is no proof. (To share the chance among the designs would be none either, for which are looked at depends on the same
 * paths.) So what the confidence rests on is measured: failure-agreement.ts counts such paths between the answer and
 * its neighbour, and the report says how many they are. What is lost by them was sought and not found: of 200 searches
 * at a confidence of 0.9 (test/stats/design-search.test.ts, needs shaken anew at every value) 3.5 % missed the value
 * where no path was such, 3, 2.5, 1, 1.5 and 2 % where 5, 11, 24, 55 and 82 % of the failures at the answer were, and
 * none where the draws were as good as independent.
 */
function stagesOf({ confidence, firstTrials, maximumTrials }: ProbePlan): readonly Stage[] {
  const trials: number[] = [];
  for (let n = firstTrials; n < maximumTrials; n *= GROWTH) trials.push(n);
  trials.push(maximumTrials);
  const early = trials.length - 1;
  const tail = (1 - confidence) / 2;
  return trials.map((n, i) => ({
    trials: n,
    tail: i < early ? (0.5 * tail) / early : tail / (early === 0 ? 1 : 2),
  }));
}

export class RiskProbe {
  readonly evaluations: DesignEvaluation[] = [];
  readonly risk: number;
  private readonly stages: readonly Stage[];
  /** Designs come nearer and nearer to the target: none is looked at with fewer paths than decided on the one before. */
  private stage = 0;

  /** @throws {InputError} where even a design that never fails could not be told to meet the target within the budget. */
  constructor(
    private readonly evaluate: EvaluateRisk,
    plan: ProbePlan,
  ) {
    this.risk = plan.risk;
    this.stages = stagesOf(plan);
    const { trials, tail } = this.last;
    const needed = Math.ceil(Math.log(tail) / Math.log1p(-plan.risk));
    if (trials < needed) {
      throw new InputError(
        `maximumTrials: got ${trials}, expected at least ${needed}: with fewer, even a design that never fails cannot be told to meet a risk ` +
          `of ${plan.risk}`,
        'maximumTrials',
      );
    }
  }

  /** The stage of the whole budget. */
  get last(): Stage {
    return this.stages[this.stages.length - 1];
  }

  /** Looks at a design, with more and more paths while it is open. */
  async at(x: number): Promise<DesignEvaluation> {
    for (; ; this.stage++) {
      const { trials: asked, tail } = this.stages[this.stage];
      const { failures, trials } = await this.evaluate(x, asked);
      if (!(trials >= asked && failures >= 0 && failures <= trials)) {
        throw new InputError(
          `evaluate: got ${failures} failures in ${trials} trials, expected some of at least ${asked}`,
        );
      }
      const verdict =
        binomialAtMost(failures, trials, this.risk) <= tail
          ? 'meets'
          : binomialAtLeast(failures, trials, this.risk) <= tail
            ? 'fails'
            : 'open';
      if (verdict === 'open' && this.stage < this.stages.length - 1) continue;
      const evaluation = {
        x,
        failures,
        trials,
        interval: clopperPearson(failures, trials, 1 - 2 * tail),
        verdict,
      } as const;
      this.evaluations.push(evaluation);
      return evaluation;
    }
  }
}
