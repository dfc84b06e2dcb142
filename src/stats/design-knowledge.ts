/** What a design search knows: how far designs surely fail, from where they surely meet, and what is open. */
import { append } from '../numeric/extremes.js';
import type { DesignEvaluation } from './risk-probe.js';

export class Knowledge {
  private readonly seen: DesignEvaluation[] = [];

  constructor(
    private readonly better: (a: number, b: number) => boolean,
    public fails: DesignEvaluation | undefined,
    public meets: DesignEvaluation,
    open: readonly DesignEvaluation[],
  ) {
    append(this.seen, [...(fails === undefined ? [] : [fails]), meets, ...open]);
  }

  /**
   * Takes in a look at a design between `fails` and `meets`. A verdict on the wrong side of a design that was open
   * after as many paths or more counts as open.
   */
  place(e: DesignEvaluation): void {
    const { first, last } = this.open(e.trials);
    if (e.verdict === 'fails' && (first === undefined || this.better(first.x, e.x))) this.fails = e;
    else if (e.verdict === 'meets' && (last === undefined || this.better(e.x, last.x))) this.meets = e;
    this.seen.push(e);
  }

  /** The worst and the best design between the ends that was open, or on the wrong side, after as many paths. */
  open(trials: number): { readonly first: DesignEvaluation | undefined; readonly last: DesignEvaluation | undefined } {
    const open = this.seen.filter((e) => e.trials >= trials && this.isWithin(e.x)).sort((a, b) => this.order(a, b));
    return { first: open[0], last: open.at(-1) };
  }

  /** Looks at designs of which nothing is sure but between these, and at these, with as many paths or more. */
  looked(x: number, trials: number): boolean {
    return this.seen.some((e) => e.x === x && e.trials >= trials);
  }

  private isWithin(x: number): boolean {
    const { fails, meets, better } = this;
    return better(meets.x, x) && (fails === undefined || better(x, fails.x));
  }

  /** The worse first. */
  private order(a: DesignEvaluation, b: DesignEvaluation): number {
    return a.x === b.x ? 0 : this.better(b.x, a.x) ? -1 : 1;
  }
}
