/**
 * Which of two forms of a kernel a device walks with: both give the same bits and keep the same state, and which is
 * faster is the device's own matter (columns in workgroup or storage memory, tasks by rounds or by slots). In a long
 * run the other form is compiled while the run goes on, and takes turns with the usual one, a few submissions each;
 * nothing that it walks is walked twice. The faster one walks from then on. A short run has the usual form, and
 * compiles no other.
 */
import type { Pace, Paces } from './pace.js';

/** Seconds that a run must last from here on to be worth a trial: a trial takes less than a twentieth of them. */
const LONG = 20;
/** Turns of each form, and most submissions of one. */
const TURNS = 3;
const LONGEST_TURN = 12;
/** How many times as fast the other form must be. */
const FASTER = 1.03;
/** Slots of the lumped walk a second that every GPU does: what is slower is a processor, and compiles for minutes. */
const LEAST_GPU = 1e9;

export interface FormPipeline {
  readonly name: string;
  readonly pipeline: GPUComputePipeline;
}

/** The other form: compiled, and tried, when it is asked for. */
export interface OtherForm {
  readonly name: string;
  readonly make: () => Promise<GPUComputePipeline>;
}

/** Turns that were taken, and submissions and measurements of the present one. */
interface Trial {
  readonly other: FormPipeline;
  readonly rates: { readonly usual: number[]; readonly other: number[] };
  submissions: number;
  /** Measurements of the present form's pace when its turn began. */
  measured: number;
}

export class FormChoice {
  private other: OtherForm | undefined;
  private trial: Trial | undefined;
  private current: FormPipeline;
  /** What was found, in words; empty where nothing was tried. */
  found = '';

  /** @param other left out where there is one form alone. */
  constructor(
    private usual: FormPipeline,
    other?: OtherForm,
    private readonly long = LONG,
    private readonly leastRate = LEAST_GPU,
  ) {
    this.other = other;
    this.current = usual;
  }

  /** Of the next submission. */
  get pipeline(): GPUComputePipeline {
    return this.current.pipeline;
  }

  /** Before each submission. @param left work of the run that is left, slots of lumped walks */
  turn(left: number, paces: Paces): void {
    const pace = paces.of(this.current.pipeline);
    if (this.trial !== undefined) {
      this.goOn(this.trial, pace, paces);
      return;
    }
    const { other } = this;
    // A pace that is still growing says nothing of how long the rest takes.
    if (other === undefined || pace.measured === 0) return;
    if (pace.measuredRate < this.leastRate || left < this.long * pace.measuredRate) return;
    this.other = undefined;
    other.make().then(
      (pipeline) => {
        const rates = { usual: [], other: [] };
        this.trial = { other: { name: other.name, pipeline }, rates, submissions: 0, measured: pace.measured };
      },
      // The device has no such form, or has it wrong: the usual one goes on.
      (error: unknown) => {
        this.found = `${this.usual.name} (${other.name}: ${error instanceof Error ? error.message : String(error)})`;
      },
    );
  }

  private goOn(trial: Trial, pace: Pace, paces: Paces): void {
    const isOther = this.current === trial.other;
    const rates = isOther ? trial.rates.other : trial.rates.usual;
    const isMeasured = pace.measured > trial.measured;
    if (isMeasured) rates.push(pace.measuredRate);
    else if (trial.submissions++ < LONGEST_TURN) return;
    const { usual, other } = trial.rates;
    if (!isMeasured || other.length === TURNS) {
      this.end(trial, usual.length > 0 && other.length > 0 ? median(other) / median(usual) : 0);
      return;
    }
    this.current = isOther ? this.usual : trial.other;
    trial.submissions = 0;
    trial.measured = paces.of(this.current.pipeline).measured;
  }

  private end({ other }: Trial, ratio: number): void {
    const { usual } = this;
    this.trial = undefined;
    this.current = ratio > FASTER ? other : usual;
    this.usual = this.current;
    const told = ratio === 0 ? 'was not timed' : `was ${ratio.toPrecision(2)} times as fast`;
    this.found = `${this.current.name} (${other.name} ${told} as ${usual.name})`.replace('timed as', 'timed beside');
  }
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}
