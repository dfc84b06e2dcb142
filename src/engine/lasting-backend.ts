/**
 * A backend that outlives its device. A device that is lost, hangs or is reset is opened again; where it fails
 * otherwise, or again and again, the next way is taken. What was read is kept (lasting-run.ts) and the rest is walked
 * anew.
 */
import { BackendError, DeviceError, DeviceLostError, WrongAnswerError } from '../errors.js';
import type { Backend, JobFeed, RunControl } from './backend.js';
import { runAlone } from './feed.js';
import type { Job } from './job.js';
import { LastingRun } from './lasting-run.js';
import type { Partials } from './partials.js';
import { heardWithin } from './silence.js';

/** One way to a backend. */
export interface Way {
  /** As remarks call it. */
  readonly name: string;
  /** @returns nothing where there is no such device. @throws BackendError where there is one that cannot be used */
  readonly open: () => Promise<Backend | undefined>;
}

export interface LastingOptions {
  /** Told what happens to devices. */
  readonly onRemark?: ((text: string) => void) | undefined;
  /** Seconds before each try to open a device again: a driver that is reset takes a while. */
  readonly pauses?: readonly number[];
  /** Seconds after which an opening that does not end is given up. */
  readonly patience?: number;
}

/** Losses in a row, without a path that was kept in between, after which a way is left. */
const MOST_LOSSES = 3;
const PAUSES: readonly number[] = [0, 1, 4];
/** A device is opened in a second; one that a busy processor plays takes its time to compile. */
const OPENING_PATIENCE = 1800;
/** Seconds that a device which failed is given to end. */
const ENDING_PATIENCE = 5;

/**
 * Opens the first of several ways that can be had; what is asked of it goes on on another when it must.
 * @throws BackendError where no way leads anywhere: what the last one said
 */
export async function openLasting(ways: readonly Way[], options: LastingOptions = {}): Promise<Backend> {
  const lasting = new LastingBackend(ways, options);
  await lasting.open();
  return lasting;
}

/** Why a device was left. */
interface Failure {
  readonly error: DeviceError;
  readonly way: Way;
  /** Jobs of the run that were handed over before; undefined where what was asked for is begun anew. */
  readonly jobs: number | undefined;
}

class LastingBackend implements Backend {
  private readonly ways: Way[];
  /** What is worked with; undefined after a failure, until the next is open. */
  private current: Backend | undefined;
  /** What was worked with last. */
  private last: Backend | undefined;
  private opening: Promise<Backend> | undefined;
  private failure: Failure | undefined;
  /** In a row. */
  private losses = 0;
  private readonly told: string[] = [];
  private isReleased = false;

  constructor(
    ways: readonly Way[],
    private readonly options: LastingOptions,
  ) {
    this.ways = [...ways];
  }

  get name(): Backend['name'] {
    return this.opened.name;
  }

  get adapter(): Backend['adapter'] {
    return this.opened.adapter;
  }

  async open(): Promise<void> {
    await this.backend();
  }

  ready(job?: Job): Promise<void> {
    return this.lasting((backend) => backend.ready(job));
  }

  deficits(...args: Parameters<Backend['deficits']>): ReturnType<Backend['deficits']> {
    return this.lasting((backend) => backend.deficits(...args));
  }

  passages(...args: Parameters<Backend['passages']>): ReturnType<Backend['passages']> {
    return this.lasting((backend) => backend.passages(...args));
  }

  run(job: Job, control?: RunControl): Promise<Partials> {
    return runAlone((feed, own) => this.runAll(feed, own), job, control);
  }

  async runAll(feed: JobFeed, control: RunControl = {}): Promise<void> {
    const run = new LastingRun(feed, control, () => {
      this.losses = 0;
    });
    const act = async (backend: Backend): Promise<void> => {
      const attempt = run.attempt();
      try {
        await backend.runAll(attempt.feed, attempt.control);
        attempt.close(false);
      } catch (error) {
        attempt.close(error instanceof WrongAnswerError);
        // A run that was stopped keeps what it has, whatever becomes of the device.
        if (!(error instanceof DeviceError) || control.signal?.aborted !== true) throw error;
      }
    };
    await this.lasting(act, run);
    run.end();
  }

  async remarks(): Promise<readonly string[]> {
    return [...this.told, ...((await this.current?.remarks?.()) ?? [])];
  }

  async release(): Promise<void> {
    this.isReleased = true;
    await this.current?.release();
  }

  private get opened(): Backend {
    if (this.last === undefined) throw new BackendError('A backend has neither name nor adapter before it is opened.');
    return this.last;
  }

  /** Does something on whatever backend there is. */
  private async lasting<T>(act: (backend: Backend) => Promise<T>, run?: LastingRun): Promise<T> {
    for (;;) {
      const backend = await this.backend();
      try {
        return await act(backend);
      } catch (error) {
        if (!(error instanceof DeviceError) || this.isReleased) throw error;
        await this.leave(backend, error, run?.finished);
      }
    }
  }

  private backend(): Promise<Backend> {
    if (this.current !== undefined) return Promise.resolve(this.current);
    this.opening ??= this.openNext().finally(() => {
      this.opening = undefined;
    });
    return this.opening;
  }

  /** Gives a device up. @throws {DeviceError} its own, where there is no other way */
  private async leave(backend: Backend, error: DeviceError, jobs: number | undefined): Promise<void> {
    // Of two that worked with it the other one was first.
    if (backend !== this.current) return;
    this.current = undefined;
    // A device that hangs may not even end.
    await heardWithin(backend.release(), ENDING_PATIENCE, () => error).catch(() => undefined);
    this.failure = { error, way: this.ways[0], jobs };
    this.losses++;
    if (error instanceof DeviceLostError && this.losses < MOST_LOSSES) return;
    if (this.ways.length === 1) throw error;
    this.ways.shift();
  }

  /** Opens the first way that can be had. @throws {BackendError} */
  private async openNext(): Promise<Backend> {
    for (;;) {
      const [way] = this.ways;
      const isLast = this.ways.length === 1;
      const isAgain = this.failure?.way === way;
      const backend = isAgain ? await this.openAgain(way) : await this.openFirst(way, isLast);
      if (backend !== undefined) {
        this.current = this.last = backend;
        if (this.isReleased) await backend.release();
        this.tellFailure(backend, isAgain);
        return backend;
      }
      if (isLast && this.failure !== undefined) throw this.failure.error;
      if (isLast) throw new BackendError(`${way.name} cannot be had here.`);
      this.ways.shift();
    }
  }

  private async openFirst(way: Way, isLast: boolean): Promise<Backend | undefined> {
    try {
      return await this.opens(way);
    } catch (error) {
      if (isLast || !(error instanceof BackendError)) throw error;
      this.tell(`${way.name} is not used: ${error.message}`);
      return undefined;
    }
  }

  private async openAgain(way: Way): Promise<Backend | undefined> {
    for (const pause of this.options.pauses ?? PAUSES) {
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, 1000 * pause));
      try {
        const backend = await this.opens(way);
        if (backend !== undefined) return backend;
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
      }
    }
    return undefined;
  }

  private opens(way: Way): Promise<Backend | undefined> {
    const { patience = OPENING_PATIENCE } = this.options;
    const tooLong = (): Error => new DeviceLostError(`${way.name} did not open within ${patience} s.`);
    return heardWithin(way.open(), patience, tooLong);
  }

  /** Tells of a failure when it is known how it goes on. */
  private tellFailure({ name }: Backend, isAgain: boolean): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure === undefined) return;
    const { error, jobs, way } = failure;
    const on = isAgain ? 'with a new one' : `on ${name}`;
    if (error instanceof DeviceLostError) {
      const kept =
        jobs === undefined ? 'its work is begun anew' : 'what was finished before is kept, and the run goes on';
      this.tell(`The device was lost; ${kept} ${on}. (${error.message})`);
      return;
    }
    const before =
      error instanceof WrongAnswerError && jobs !== undefined && jobs > 0
        ? ` ${jobs.toLocaleString('en')} results that had passed every check were handed over before.`
        : '';
    this.tell(`${way.name} is not used any more; the run goes on ${on}. (${error.message})${before}`);
  }

  private tell(text: string): void {
    this.told.push(text);
    this.options.onRemark?.(text);
  }
}
