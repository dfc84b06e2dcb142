/**
 * The smallest (or largest) value of a parameter whose risk, a probability of failure, is at most a target: a bracketed
 * search, on the same words of random numbers at every value, whose steps know how uncertain each risk is. It ends when
 * the value is known to a tolerance, or when the interval that the allowed paths can give is wider than that and has
 * been found.
 */
import { InputError } from '../errors.js';
import { largestOf } from '../numeric/extremes.js';
import { clopperPearson } from './binomial.js';
import { Knowledge } from './design-knowledge.js';
import { DesignScale } from './design-scale.js';
import type { DesignRange } from './design-scale.js';
import { aims } from './design-aims.js';
import { DesignLine } from './design-line.js';
import { RiskProbe } from './risk-probe.js';
import type { DesignEvaluation, EvaluateRisk } from './risk-probe.js';

export interface DesignProblem extends DesignRange {
  readonly evaluate: EvaluateRisk;
  /** Target: the risk that may not be exceeded, between 0 and 1. */
  readonly risk: number;
  /**
   * `falling`: the risk falls as the parameter grows, and the smallest value is sought; `rising`: it grows, and the
   * largest is.
   */
  readonly direction: 'falling' | 'rising';
  /** Relative, of the value; 0.01 unless said. */
  readonly tolerance?: number | undefined;
  /** Of the interval; 0.95 unless said. */
  readonly confidence?: number | undefined;
  /** Paths of a first look, and the most of any; 10/risk and 64 times that unless said. */
  readonly firstTrials?: number | undefined;
  readonly maximumTrials?: number | undefined;
  /** Values looked at before the search gives up; 100 unless said. */
  readonly maximumEvaluations?: number | undefined;
}

export interface DesignResult {
  /** The best value whose risk surely meets the target, as `meets`. */
  readonly value: number;
  /** What was seen there. */
  readonly at: DesignEvaluation;
  /** With the stated confidence the risk here is at most the target, */
  readonly meets: number;
  /** and here at least it; undefined where the parameter's limit comes first. The sought value lies between the two. */
  readonly fails: number | undefined;
  /** Between the two, where as many paths fail as the target allows: a straight line through what was seen near it. */
  readonly estimate: number;
  /** As far as paths are monotone: risk-probe.ts. */
  readonly confidence: number;
  /** In the order in which they were made. */
  readonly evaluations: readonly DesignEvaluation[];
  /**
   * Why the search ended. `tolerance`: `meets` and `fails` are within the tolerance. `step`: they are neighbours.
   * `statistics`: between them more paths than allowed would be needed. `limit`: the parameter's limit meets the
   * target. `budget`: too many evaluations.
   */
  readonly reason: 'tolerance' | 'step' | 'statistics' | 'limit' | 'budget';
}

/** Expansions of the starting bracket on either side, each twice as wide as the one before. */
const EXPANSIONS = 5;
/** Confidence with which a risk must be seen to run the wrong way before the search stops for it. */
const WRONG_WAY = 0.999;
/** A look is at least this part of the gap away from its ends. */
const GUARD = 0.05;

/**
 * Searches. Where the bracket does not hold the value it is expanded.
 *
 * @throws {InputError} where no value within reach meets the target, or all do and there is no limit, or the risk runs
 * the wrong way.
 */
export async function searchDesign(problem: DesignProblem): Promise<DesignResult> {
  const { risk, direction, confidence = 0.95, tolerance = 0.01, maximumEvaluations = 100 } = problem;
  if (!(risk > 0 && risk < 1)) throw new InputError(`risk: got ${risk}, expected a number between 0 and 1`, 'risk');
  const firstTrials = problem.firstTrials ?? Math.ceil(10 / risk);
  const maximumTrials = problem.maximumTrials ?? 64 * firstTrials;
  const scale = new DesignScale(problem);
  const probe = new RiskProbe(problem.evaluate, { risk, confidence, firstTrials, maximumTrials });
  const state = await bracketed(scale, probe, direction);
  const limit = scale.limit(direction === 'falling' ? 'lower' : 'upper');
  const reason = await narrowed(state, scale, probe, { tolerance, limit, maximumEvaluations });
  const { meets, fails } = state;
  return {
    value: meets.x,
    at: meets,
    meets: meets.x,
    fails: fails?.x,
    estimate: estimated(state, scale, probe, limit),
    confidence,
    evaluations: probe.evaluations,
    reason,
  };
}

/** Looks at the bracket's ends and beyond until one surely fails, or is the limit, and the other surely meets. */
async function bracketed(
  scale: DesignScale,
  probe: RiskProbe,
  direction: DesignProblem['direction'],
): Promise<Knowledge> {
  const falling = direction === 'falling';
  const better = (a: number, b: number): boolean => (falling ? a > b : a < b);
  const open: DesignEvaluation[] = [];
  const [low, high] = scale.bracket;
  let fails = await probe.until(falling ? low : high);
  let meets = await probe.until(falling ? high : low);
  checkDirection(fails, meets, direction);
  for (let count = 0; meets.verdict !== 'meets'; count++) {
    const x = next(scale, meets.x, fails.x, count);
    if (x === undefined) throw noneMeets(meets, probe.risk);
    if (meets.verdict === 'open') open.push(meets);
    else fails = meets;
    meets = await probe.until(x);
    checkDirection(fails, meets, direction);
  }
  for (let count = 0; fails.verdict !== 'fails'; count++) {
    const x = next(scale, fails.x, meets.x, count);
    if (x === undefined) {
      if (fails.x !== scale.limit(falling ? 'lower' : 'upper')) throw allMeet(fails, probe.risk);
      // The worst design there is: what is sought lies between it and the best that is known, or is itself.
      if (fails.verdict === 'meets') return new Knowledge(better, undefined, fails, []);
      return new Knowledge(better, undefined, meets, [...open, fails]);
    }
    if (fails.verdict === 'open') open.push(fails);
    else meets = fails;
    fails = await probe.until(x);
    checkDirection(fails, meets, direction);
  }
  return new Knowledge(better, fails, meets, open);
}

/** The next value beyond an end; the limit itself where expansions have run out. */
function next(scale: DesignScale, end: number, other: number, count: number): number | undefined {
  if (count < EXPANSIONS) return scale.beyond(end, other, count);
  const limit = scale.limit(end > other ? 'upper' : 'lower');
  return Number.isFinite(limit) && limit !== end ? limit : undefined;
}

/** What is narrowed: the tolerance, and where the search gives up. */
interface Until {
  /** Relative, of the value. */
  readonly tolerance: number;
  /** The parameter's worst value; where `fails` is unknown it is this. */
  readonly limit: number;
  readonly maximumEvaluations: number;
}

/** Narrows the gap between the ends: with few paths while it is wide, at last with as many as the tolerance wants. */
async function narrowed(
  state: Knowledge,
  scale: DesignScale,
  probe: RiskProbe,
  until: Until,
): Promise<DesignResult['reason']> {
  const last = probe.stages.length - 1;
  let [stage, looks] = [0, 0];
  for (;;) {
    const { fails, meets } = state;
    const worst = fails?.x ?? until.limit;
    const width = Math.abs(worst - meets.x);
    const allowed = until.tolerance * Math.max(Math.abs(worst), Math.abs(meets.x), scale.nearZero);
    if (width <= allowed) return meets.x === until.limit ? 'limit' : 'tolerance';
    if (scale.between(worst, meets.x, 0.5) === undefined) return 'step';
    let x: number | undefined;
    for (; ; [stage, looks] = [stage + 1, 0]) {
      const { trials } = probe.stages[stage];
      x = aims(state, scale, probe, { stage, looks, worst, tolerance: allowed / width })
        .map((part) => scale.between(worst, meets.x, Math.min(Math.max(part, GUARD), 1 - GUARD)))
        .find((value) => value !== undefined && !state.looked(value, trials));
      if (x !== undefined || stage === last) break;
    }
    if (x === undefined) return 'statistics';
    if (probe.evaluations.length >= until.maximumEvaluations) return 'budget';
    state.place(await probe.at(x, stage));
    looks++;
  }
}

/** Where the target's risk is to be expected between the ends; the middle where what was seen does not tell. */
function estimated({ fails, meets }: Knowledge, scale: DesignScale, probe: RiskProbe, limit: number): number {
  const worst = fails?.x ?? limit;
  if (worst === meets.x) return meets.x;
  const most = largestOf(probe.evaluations.map(({ trials }) => trials));
  const line = DesignLine.through(probe.evaluations, [worst, meets.x], scale, probe.risk, most);
  const part = line === undefined ? 0.5 : line.part(probe.risk);
  if (part <= 0) return worst;
  return scale.between(worst, meets.x, part) ?? meets.x;
}

/** @throws {InputError} where the design that should be the better one surely has the larger risk. */
function checkDirection(
  worse: DesignEvaluation,
  better: DesignEvaluation,
  direction: DesignProblem['direction'],
): void {
  const from = clopperPearson(worse.failures, worse.trials, WRONG_WAY);
  const to = clopperPearson(better.failures, better.trials, WRONG_WAY);
  if (!(to.lower > from.upper)) return;
  throw new InputError(
    `direction: got ${JSON.stringify(direction)}, but the risk is ${describe(worse)} and ${describe(better)}; expected it to run the other way`,
    'direction',
  );
}

const describe = ({ x, failures, trials }: DesignEvaluation): string =>
  `${Number((failures / trials).toPrecision(3))} at ${Number(x.toPrecision(6))}`;

function noneMeets(last: DesignEvaluation, risk: number): InputError {
  const so =
    last.verdict === 'fails' ? 'no value within reach meets it' : `${last.trials} paths cannot tell whether it is met`;
  return new InputError(
    `bracket: got a risk of ${describe(last)}, as far as the search went, expected one of at most ${risk}: ${so}`,
    'bracket',
  );
}

function allMeet(last: DesignEvaluation, risk: number): InputError {
  return new InputError(
    `bracket: got a risk of ${describe(last)}, as far as the search went, expected a value at which it is more than ${risk}: ` +
      'start from a bracket nearer to it, or give the parameter a limit',
    'bracket',
  );
}
