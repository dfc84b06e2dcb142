/**
 * Where a design search looks next. In the middle, where the sought value lies, no number of paths gives a verdict; so
 * it looks for the two ends, each as near to the value as its paths can tell apart from it or as the tolerance wants.
 * Paths that are common to all designs make that cheap: what some paths did at one design foretells what they do at
 * another (design-line.ts).
 */
import type { Knowledge } from './design-knowledge.js';
import { DesignLine, riskQuantile } from './design-line.js';
import type { DesignScale } from './design-scale.js';
import type { DesignEvaluation, RiskProbe, Stage } from './risk-probe.js';

/** A stage is enough for the tolerance where what its paths leave open takes no more than this part of it, */
const ROOM = 0.9;
/** and this part once the stage itself has been looked at with. */
const SEEN_ROOM = 0.92;
/** A stage has done its work where the ends are no further apart than this many times what its paths leave open. */
const DONE = 2.5;
/** After as many looks a stage is left; at the last the line is no longer trusted, and gaps are halved. */
const MOST_LOOKS = 5;
/** How far beyond a verdict's threshold one looks for it, as a part of what is left open: the line is not exact. */
const SPARE = 0.05;
/** How near to their thresholds the ends are where paths limit the interval, as a part of it. */
const END_PART = 0.1;

/** The state of a search that its next look depends on. */
export interface Aim {
  /** Number of the stage of paths. */
  readonly stage: number;
  /** Looks with that stage so far. */
  readonly looks: number;
  /** The design that fails, or the parameter's worst value. */
  readonly worst: number;
  /** Width that is narrow enough, as a part of the gap. */
  readonly tolerance: number;
}

/**
 * Where to look next with the paths of a stage, as parts of the way from the design that fails, 0, to the one that
 * meets the target, 1, the best first; none where that many paths have said what they can.
 */
export function aims(state: Knowledge, scale: DesignScale, probe: RiskProbe, aim: Aim): number[] {
  const { fails, meets } = state;
  const stage = probe.stages[aim.stage];
  const ends = [aim.worst, meets.x] as const;
  const line = DesignLine.through(probe.evaluations, ends, scale, probe.risk, stage.trials);
  if (line === undefined) return [0.5];

  const at = line.thresholds(stage);
  const untold = at.meets - at.fails;
  const open = state.open(stage.trials);
  const partOf = (e: DesignEvaluation | undefined): number | undefined => e && scale.partOfTheWay(...ends, e.x);
  const [firstOpen, lastOpen] = [partOf(open.first), partOf(open.last)];
  const isOpenTooFar = firstOpen !== undefined && lastOpen !== undefined && lastOpen - firstOpen > aim.tolerance;
  const isEnough = untold <= (aim.looks === 0 ? ROOM : SEEN_ROOM) * aim.tolerance;
  const isLast = aim.stage === probe.stages.length - 1;
  if (!isLast) {
    const isDone = isEnough ? isOpenTooFar : apart(fails ?? meets, meets) < DONE * untoldQuantiles(stage);
    if (isDone || aim.looks >= MOST_LOOKS) return [];
  }

  const spare = isEnough ? 0.5 * (aim.tolerance - untold) : SPARE * untold;
  const isTrusted = !isLast || aim.looks <= MOST_LOOKS;
  const failing = { edge: isTrusted ? Math.min(at.fails, firstOpen ?? 1) : (firstOpen ?? 1), part: 0 };
  const meeting = { edge: isTrusted ? Math.max(at.meets, lastOpen ?? 0) : (lastOpen ?? 0), part: 1 };
  failing.part = isTrusted ? beside(at.fails - spare, firstOpen, 0) : 0.5 * failing.edge;
  meeting.part = isTrusted ? beside(at.meets + spare, lastOpen, 1) : 0.5 * (1 + meeting.edge);
  if (isEnough && !isOpenTooFar) {
    // One look is enough where the other end lies as near to what is seen as the tolerance allows.
    if (fails !== undefined && at.fails > 1 - aim.tolerance) return [0.5 * (at.fails + 1 - aim.tolerance)];
    if (at.meets < aim.tolerance) return [0.5 * (at.meets + aim.tolerance)];
  } else if (isLast) {
    const parts = fails !== undefined && failing.edge > END_PART ? [failing.part] : [];
    return 1 - meeting.edge > END_PART ? [...parts, meeting.part] : parts;
  }
  // More is gained at one of the ends.
  if (fails === undefined) return [meeting.part];
  return failing.part > 1 - meeting.part ? [failing.part, meeting.part] : [meeting.part, failing.part];
}

/** What is aimed at, or halfway to the end where a design beyond it was open. */
function beside(aim: number, open: number | undefined, end: 0 | 1): number {
  if (open === undefined) return aim;
  const isBeyond = end === 0 ? aim > open : aim < open;
  return isBeyond ? 0.5 * (open + end) : aim;
}

/** How far two designs' risks are apart, in normal quantiles. */
const apart = (worse: DesignEvaluation, better: DesignEvaluation): number =>
  riskQuantile(worse.failures, worse.trials) - riskQuantile(better.failures, better.trials);

/** How far risks may be apart of which a stage's paths tell nothing, in normal quantiles. */
const untoldQuantiles = ({ missing, meeting, trials }: Stage): number =>
  riskQuantile(missing, trials) - riskQuantile(meeting, trials);
