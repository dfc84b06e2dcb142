/** What a design search knows: how far the designs go that surely fail, that surely meet the target, and that cannot be told. */
import type { DesignEvaluation } from './risk-probe.js';

/** Parts of the interval's width within which its ends, and the value, are found where paths limit it. */
const END_PART = 0.2;
const VALUE_PART = 0.1;

/** Two neighbouring designs to be brought together, the worse first. */
export interface Gap {
  readonly from: DesignEvaluation;
  readonly to: DesignEvaluation;
  /** The risk sought between them. */
  readonly risk: number;
  /** How wide the gap may stay: this part of the whole interval. */
  readonly part: number;
}

/** What is known, from worse designs to better ones: fails, open from first to last, meets. */
export class Knowledge {
  private firstOpen: DesignEvaluation | undefined;
  private lastOpen: DesignEvaluation | undefined;
  /** The best design seen whose estimated risk is over the target. */
  private above: DesignEvaluation | undefined;
  /** The worst design seen whose estimated risk is not. */
  value: DesignEvaluation;

  constructor(
    private readonly risk: number,
    private readonly better: (a: number, b: number) => boolean,
    public fails: DesignEvaluation | undefined,
    public meets: DesignEvaluation,
    open: readonly DesignEvaluation[],
  ) {
    this.value = meets;
    this.above = fails;
    open.forEach((e) => {
      this.place(e);
    });
  }

  /** Takes in a look at a design between `fails` and `meets`. A verdict on the wrong side of an open design counts as open. */
  place(e: DesignEvaluation): void {
    const { better, firstOpen, lastOpen } = this;
    if (e.verdict === 'fails' && (firstOpen === undefined || better(firstOpen.x, e.x))) this.fails = e;
    else if (e.verdict === 'meets' && (lastOpen === undefined || better(e.x, lastOpen.x))) this.meets = e;
    else {
      if (firstOpen === undefined || better(firstOpen.x, e.x)) this.firstOpen = e;
      if (lastOpen === undefined || better(e.x, lastOpen.x)) this.lastOpen = e;
    }
    const isAbove = e.failures > this.risk * e.trials;
    if (isAbove && better(this.value.x, e.x) && (this.above === undefined || better(e.x, this.above.x))) this.above = e;
    if (!isAbove && better(this.value.x, e.x) && (this.above === undefined || better(e.x, this.above.x)))
      this.value = e;
  }

  /**
   * What is to be narrowed: without open designs the one gap between the verdicts; with them the two gaps that the ends lie in, and the one that
   * the value lies in.
   * @param margin how far from the target a risk must be to be told apart from it with all paths
   */
  gaps(margin: number): Gap[] {
    const { fails, meets, firstOpen, lastOpen, above, value, risk } = this;
    if (firstOpen === undefined || lastOpen === undefined) {
      return fails === undefined ? [] : [{ from: fails, to: meets, risk, part: 0 }];
    }
    const gaps = [{ from: lastOpen, to: meets, risk: risk - margin, part: END_PART }];
    if (fails !== undefined) gaps.push({ from: fails, to: firstOpen, risk: risk + margin, part: END_PART });
    if (above !== undefined) gaps.push({ from: above, to: value, risk, part: VALUE_PART });
    return gaps;
  }
}
