/**
 * Work in flight on a device: some submissions ahead of the one that is waited for, so that the device never waits for
 * the host, and what their times say of the device's pace (pace.ts). The queue keeps their order, so batches need not
 * wait for each other.
 *
 * The time of one submission cannot be told where clocks and notices come in ticks (up to 100 ms in browsers), or the
 * host was held up. So notices that come together are seen together, and work is timed from one such moment to another,
 * between which the device had work all the while: more was submitted before the later one than it told of. Where all
 * of that was finished the device may have been idle. Then it is at least so fast, and more is submitted ahead from now
 * on.
 */
import type { RunControl } from '../backend.js';
import { TIMESTAMPS } from './device.js';
import type { Device } from './device.js';
import type { Pace } from './pace.js';
import { TARGET_SECONDS } from './pace.js';
import { PassClock } from './pass-clock.js';

/** Submissions ahead of the one that is waited for: at least these, and no more than those, however short. */
const LEAST_AHEAD = 2;
const MOST_AHEAD = 64;
/** Seconds of work ahead: at first, and at most where the pace is found. */
const FIRST_AHEAD = 2 * TARGET_SECONDS;
const LONGEST_AHEAD = 0.8;
/** Notices within so many seconds of each other are of one moment. */
const TOGETHER = 0.005;
/** Seconds over which notices of several submissions each say how fast the device is. */
const WINDOW = 0.25;
/**
 * Steps of the host's clock that a time must have to be told well, and the longest that browsers' clocks have, seconds.
 */
const STEPS = 5;
const LONGEST_STEP = 0.1;
/** What took so long by the host's clock is too long, whatever ticks and stalls had part in that; seconds. */
const TOO_LONG = 0.2;

/** A submission as far as its time is concerned. */
export interface Load {
  readonly pace: Pace;
  /** Slots of lumped walks that take as long. */
  readonly work: number;
}

/** Notices of one moment. */
interface Moment {
  readonly at: number;
  /** Submissions so far when it began, and whether the host was waiting for one then. */
  readonly submitted: number;
  readonly isAwaited: boolean;
  readonly loads: Load[];
}

/** What was finished since the device was last seen to begin, or to go on with, something. */
interface Window {
  readonly from: number;
  /** Moments at which it was told of, and the last of them. */
  moments: number;
  last: number;
  loads: readonly Load[];
}

const windowFrom = (from: number): Window => ({ from, moments: 0, last: from, loads: [] });

export class Submissions {
  private readonly waiting: Promise<void>[] = [];
  /** What is submitted and not finished. */
  private readonly inFlight: Load[] = [];
  private submitted = 0;
  private finished = 0;
  private isWaiting = false;
  /** When the last one was heard of to be finished, seconds. */
  private noted = -Infinity;
  private moment: Moment | undefined;
  private window: Window | undefined;
  /** Seconds. */
  private longestAhead = FIRST_AHEAD;
  /** Times that are on their way to the host. */
  private readonly times: Promise<void>[] = [];

  /** The last reading of the clock, and the least by which two have differed: browsers' clocks go in steps; seconds. */
  private read = -Infinity;
  private step = LONGEST_STEP;

  /** @param now milliseconds, of whatever clock. */
  constructor(
    private readonly device: Device,
    private readonly control: RunControl,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** A clock for the passes of the next submission, where their times are wanted and the device has one. */
  clock(passes: number): PassClock | undefined {
    const { device, control } = this;
    if (control.onDeviceTime === undefined || !device.gpu.features.has(TIMESTAMPS)) return undefined;
    return new PassClock(device, passes);
  }

  /** Submits commands and waits until there is room for more. */
  async submit(
    encoder: GPUCommandEncoder,
    clock: PassClock | undefined,
    load: Load,
    onDone: () => void,
  ): Promise<void> {
    const { queue } = this.device.gpu;
    clock?.finish(encoder);
    const commands = encoder.finish();
    // The device was idle, and begins now.
    const submitted = this.time();
    if (this.inFlight.length === 0) this.begin(submitted);
    queue.submit([commands]);
    this.submitted++;
    this.inFlight.push(load);
    this.waiting.push(
      queue.onSubmittedWorkDone().then(() => {
        this.note(load, submitted);
        onDone();
      }),
    );
    const { onDeviceTime } = this.control;
    if (clock !== undefined && onDeviceTime !== undefined) this.times.push(clock.read(onDeviceTime));
    this.isWaiting = true;
    while (this.isFull()) await this.device.guard(this.waiting.shift() as Promise<void>);
    this.isWaiting = false;
  }

  /** Waits for all that was submitted. */
  async drain(): Promise<void> {
    await this.device.guard(Promise.all([...this.waiting.splice(0), ...this.times.splice(0)]));
    this.close();
    this.window = undefined;
  }

  /** Whether the oldest submission is waited for before there are more. */
  private isFull(): boolean {
    const { length } = this.waiting;
    if (length === 0) return false;
    // Nobody knows yet what such work takes: one is enough to find out.
    if (this.inFlight.some(({ pace }) => !pace.isTimed)) return true;
    if (length < LEAST_AHEAD) return false;
    const ahead = secondsOf(this.inFlight);
    return length >= MOST_AHEAD || ahead > this.longestAhead;
  }

  /** A submission is finished. @param submitted when it was submitted, seconds */
  private note(load: Load, submitted: number): void {
    const at = this.time();
    // It began when it was submitted or when the one before it was finished, and nobody can have heard of that later.
    const atMost = at - Math.max(submitted, this.noted);
    this.noted = at;
    if (this.moment === undefined || at - this.moment.at > TOGETHER) {
      this.close();
      this.moment = { at, submitted: this.submitted, isAwaited: this.isWaiting, loads: [] };
    }
    this.moment.loads.push(load);
    this.inFlight.shift();
    this.finished++;
    load.pace.isTimed = true;
    if (atMost > TOO_LONG) load.pace.learn(load.work / atMost);
  }

  /** Seconds. */
  private time(): number {
    const at = this.now() / 1000;
    const step = at - this.read;
    if (step > 0) this.step = Math.min(this.step, step);
    this.read = at;
    return at;
  }

  private begin(from: number): void {
    this.close();
    this.window = windowFrom(from);
  }

  /** All notices of a moment have come: what it says. */
  private close(): void {
    const { moment, window } = this;
    this.moment = undefined;
    if (moment === undefined) return;
    const next = windowFrom(moment.at);
    this.window ??= next;
    if (window === undefined) return;
    const wasBusy = this.finished < moment.submitted;
    if (!wasBusy && moment.isAwaited) this.fetchMore(moment.loads);
    if (wasBusy) this.longestAhead = Math.min(this.longestAhead, LONGEST_AHEAD);
    const isOther = paceOf([...window.loads, ...moment.loads]) === undefined;
    // What follows another kind of work is timed from where that ended.
    const own = isOther ? windowFrom(window.last) : window;
    own.loads = [...own.loads, ...moment.loads];
    own.moments++;
    own.last = moment.at;
    this.window = own;
    const { moments, loads, from } = own;
    const seconds = Math.max(moment.at - from, TOGETHER);
    const { step } = this;
    const pace = paceOf(loads);
    if (!wasBusy || pace === undefined) {
      // Which kind took how much of the time is not known, and what came together may have been done before the window.
      const longest = step + (pace === undefined && loads.length > moments ? 2 * seconds : seconds);
      for (const each of new Set(loads.map((load) => load.pace))) each.learnAtLeast(workOf(loads, each) / longest);
      this.window = next;
      return;
    }
    const work = workOf(loads, pace);
    // One notice a moment: nothing is rounded. Several: what was half done at either end counts less in a longer time.
    const isFine = loads.length === moments && work >= pace.work / 2 && seconds > Math.max(TOGETHER, STEPS * step);
    if (!isFine && seconds < Math.max(WINDOW, STEPS * step)) return;
    pace.learn(work / seconds);
    this.window = next;
  }

  /** The device may have waited for the host: more is submitted ahead. */
  private fetchMore(loads: readonly Load[]): void {
    const isFound = loads.every(({ pace }) => pace.isFound);
    this.longestAhead = Math.min(2 * this.longestAhead, isFound ? LONGEST_AHEAD : MOST_AHEAD * TARGET_SECONDS);
  }
}

/** Seconds that loads take one after the other, as far as is known. */
function secondsOf(loads: readonly Load[]): number {
  return loads.reduce((sum, { pace, work }) => sum + pace.seconds(work), 0);
}

function workOf(loads: readonly Load[], kind: Pace): number {
  return loads.reduce((sum, { pace, work }) => sum + (pace === kind ? work : 0), 0);
}

/** The pace of loads of one kind. */
function paceOf(loads: readonly Load[]): Pace | undefined {
  const [first] = loads;
  return loads.every(({ pace }) => pace === first.pace) ? first.pace : undefined;
}
