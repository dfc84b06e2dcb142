/**
 * One look at a design: is its risk surely at most the target, surely at least it, or not to be told apart from it? A
 * design that is open gets more paths, stage by stage, up to a budget.
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
  /**
   * `meets`: the risk is surely at most the target; `fails`: surely at least it; `open`: neither, after as many paths
   * as are allowed.
   */
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
export interface Stage {
  readonly trials: number;
  readonly tail: number;
  /** As few failures as surely miss the target, */
  readonly missing: number;
  /** and as many as surely meet it; −1 where none do. */
  readonly meeting: number;
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
 * at a confidence of 0.9 (test/stats/design-search.test.ts, needs shaken anew at every value) 1 % missed the value
 * where no path was such, 2, 1.5, 0.5, 0 and 0 % where 2, 7, 20, 54 and 82 % of the failures at the answer were, and
 * 0.5 % where the draws were as good as independent. What they cost is paths: a third more at the most.
 */
function stagesOf({ risk, confidence, firstTrials, maximumTrials }: ProbePlan): readonly Stage[] {
  const trials: number[] = [];
  for (let n = firstTrials; n < maximumTrials; n *= GROWTH) trials.push(n);
  trials.push(maximumTrials);
  const early = trials.length - 1;
  const tail = (1 - confidence) / 2;
  return trials.map((n, i) => {
    const spent = i < early ? (0.5 * tail) / early : tail / (early === 0 ? 1 : 2);
    return {
      trials: n,
      tail: spent,
      missing: leastWhere(n, (k) => binomialAtLeast(k, n, risk) <= spent),
      meeting: leastWhere(n, (k) => binomialAtMost(k, n, risk) > spent) - 1,
    };
  });
}

/** The least whole number of which a rising condition holds; `most` where it holds of none below. */
function leastWhere(most: number, holds: (k: number) => boolean): number {
  let low = 0;
  for (let high = most; low < high;) {
    const middle = Math.floor(low + (high - low) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

export class RiskProbe {
  readonly evaluations: DesignEvaluation[] = [];
  readonly risk: number;
  readonly stages: readonly Stage[];
  /** Designs of a bracket come nearer to the target: none is looked at with fewer paths than the one before. */
  private stage = 0;

  /** @throws {InputError} where not even a design that never fails could be told to meet the target. */
  constructor(
    private readonly evaluate: EvaluateRisk,
    plan: ProbePlan,
  ) {
    this.risk = plan.risk;
    this.stages = stagesOf(plan);
    const { trials, tail } = this.stages[this.stages.length - 1];
    const needed = Math.ceil(Math.log(tail) / Math.log1p(-plan.risk));
    if (trials < needed) {
      throw new InputError(
        `maximumTrials: got ${trials}, expected at least ${needed}: with fewer, even a design that never fails cannot be told to meet a risk ` +
          `of ${plan.risk}`,
        'maximumTrials',
      );
    }
  }

  /** Looks at a design, with more and more paths while it is open. */
  async until(x: number): Promise<DesignEvaluation> {
    for (; ; this.stage++) {
      const evaluation = await this.seen(x, this.stage);
      if (evaluation.verdict === 'open' && this.stage < this.stages.length - 1) continue;
      this.evaluations.push(evaluation);
      return evaluation;
    }
  }

  /** Looks at a design with the paths of one stage. */
  async at(x: number, stage: number): Promise<DesignEvaluation> {
    const evaluation = await this.seen(x, stage);
    this.evaluations.push(evaluation);
    return evaluation;
  }

  private async seen(x: number, stage: number): Promise<DesignEvaluation> {
    const { trials: asked, tail } = this.stages[stage];
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
    return { x, failures, trials, interval: clopperPearson(failures, trials, 1 - 2 * tail), verdict };
  }
}
