/**
 * The risk between a design that fails and one that meets a target, from all that was seen: normal quantiles of the
 * risk on a straight line. Paths of one number see the same words at every value, so what some first paths did at one
 * design says nearly without error what the same paths do at a design beside it: the line goes through a design that
 * was looked at with as many paths, where there is one.
 */
import type { DesignScale } from './design-scale.js';
import { normalCritical } from '../numeric/normal.js';
import type { DesignEvaluation, Stage } from './risk-probe.js';

/** Designs whose normal quantiles are this far from the line's anchor weigh 0.6 of what they would beside it. */
const NEAR = 0.5;

/** Where verdicts change, on the way from 0, at the design that fails, to 1, at the one that meets the target. */
export interface Thresholds {
  /** Up to here as many paths fail as surely miss the target, */
  readonly fails: number;
  /** and from here on as few as surely meet it. */
  readonly meets: number;
}

interface Estimate {
  readonly risk: number;
  readonly z: number;
  readonly density: number;
  readonly error: number;
}

export class DesignLine {
  private constructor(
    private readonly origin: number,
    private readonly z: number,
    private readonly slope: number,
  ) {}

  /** Undefined where what was seen does not fall from the one design to the other. */
  static through(
    seen: readonly DesignEvaluation[],
    [from, to]: readonly [number, number],
    scale: DesignScale,
    risk: number,
    trials: number,
  ): DesignLine | undefined {
    const sought = probit(risk);
    const points = seen
      .map((e) => ({
        part: scale.partOfTheWay(from, to, e.x),
        ...estimateOf(e),
        trials: Math.min(e.trials, trials),
        isBounded: e.failures > 0 && e.failures < e.trials,
      }))
      .filter(({ part }) => Number.isFinite(part));
    const distance = ({ z }: { readonly z: number }): number => Math.abs(z - sought);
    const anchor = points.reduce<(typeof points)[number] | undefined>((best, point) => {
      if (best === undefined || point.isBounded !== best.isBounded) return best?.isBounded === true ? best : point;
      if (point.trials !== best.trials) return point.trials > best.trials ? point : best;
      return distance(point) < distance(best) ? point : best;
    }, undefined);
    if (anchor === undefined) return undefined;
    // Least squares through the anchor, of designs near it in risk above all.
    let [moment, square] = [0, 0];
    const bounded = points.filter(({ isBounded }) => isBounded);
    for (const point of bounded.length > 1 ? bounded : points) {
      const [along, rise] = [point.part - anchor.part, point.z - anchor.z];
      if (along === 0) continue;
      // Of common paths those that fail at one design only make the difference.
      const error =
        Math.min(point.trials, anchor.trials) === trials
          ? Math.sqrt(Math.max(Math.abs(point.risk - anchor.risk), 1 / trials) / trials) /
            Math.min(point.density, anchor.density)
          : Math.hypot(point.error, anchor.error);
      const weight = Math.exp(-0.5 * (rise / NEAR) ** 2) / error ** 2;
      moment += weight * along * rise;
      square += weight * along * along;
    }
    const slope = moment / square;
    return Number.isFinite(slope) && slope < 0 ? new DesignLine(anchor.part, anchor.z, slope) : undefined;
  }

  thresholds({ trials, missing, meeting }: Stage): Thresholds {
    return { fails: this.part(seenRisk(missing, trials)), meets: this.part(seenRisk(meeting, trials)) };
  }

  /** Where a risk is to be expected. */
  part(risk: number): number {
    return this.origin + (probit(risk) - this.z) / this.slope;
  }
}

/** An estimated risk, its normal quantile, the density there, and the quantile's standard error. */
function estimateOf({ failures, trials }: DesignEvaluation): Estimate {
  const risk = seenRisk(failures, trials);
  const z = probit(risk);
  const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  return { risk, z, density, error: Math.sqrt((risk * (1 - risk)) / trials) / density };
}

const seenRisk = (failures: number, trials: number): number => (failures + 0.5) / (trials + 1);

/** The normal quantile of a risk of which some failures were seen. */
export const riskQuantile = (failures: number, trials: number): number => probit(seenRisk(failures, trials));

const probit = (p: number): number => (p <= 0.5 ? -normalCritical(2 * p) : normalCritical(2 * (1 - p)));
