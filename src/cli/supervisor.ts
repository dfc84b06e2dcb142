/**
 * The first thread of the process. It starts the command in a thread of its own and stays free: a signal is heard
 * whatever the command does, in JavaScript, in WebAssembly or in a driver's call, and what goes on is shown. The first
 * signal asks the command to end; one that does not, or cannot, is ended, and what it had offered is printed instead.
 * The second ends one that has asked for more than a moment; a report that is on its way is still printed whole. The
 * third ends the process at once.
 */
import { write } from 'node:fs';
import { Worker, SHARE_ENV } from 'node:worker_threads';
import { failureOf, INTERRUPTED } from './failure.js';
import type { Offer } from './context.js';
import { Floor } from './floor.js';
import { asciiSink, wantsAscii } from './output.js';
import { progressReporter } from './progress.js';
import type { ProgressReporter, TextSink } from './progress.js';
import type { StopSignal } from './interrupt.js';
import type { CommandData, FromCommand, StreamShape, ToCommand } from './thread-protocol.js';

const TICK_MILLISECONDS = 250;
/** How long a thread may take to end, milliseconds: one that JavaScript can reach needs a few, or some more. */
const END_MILLISECONDS = 5000;
/** How long a command that is to be ended may go on with what it is printing, and between two looks, milliseconds. */
const FLOOR_MILLISECONDS = { most: 500, look: 5 };
/** How long what was written may take to leave after a stop, milliseconds, where its reader is slow. */
const DRAIN_MILLISECONDS = 200;
/** Seconds that a command has after a second signal: what its report takes. */
const MOMENT_SECONDS = 1;
/** Exit status of what nobody foresaw, and of a stream that takes no more (failure.ts). */
const UNEXPECTED = 3;
const UNWRITABLE = 2;

/** Runs the command of this process's arguments; ends the process. @param program what the command's thread runs */
export async function supervise(program: URL): Promise<never> {
  const supervisor = new Supervisor(program, process.argv.slice(2));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      supervisor.stop(signal);
    });
  }
  return supervisor.untilEnd();
}

class Supervisor {
  private readonly streams = { stdout: writerOf(process.stdout, 1), stderr: writerOf(process.stderr, 2) };
  /** What this thread says itself, as the locale has it. */
  private readonly texts: Record<'stdout' | 'stderr', TextSink> = wantsAscii(process.env)
    ? { stdout: asciiSink(this.streams.stdout, true), stderr: asciiSink(this.streams.stderr) }
    : this.streams;
  private readonly progress: ProgressReporter;
  private readonly thread: Worker;
  private offer: Offer | undefined;
  /** Seconds that the command has asked for to end in; undefined while it does not listen. */
  private heeds: number | undefined;
  private stage = 'starting';
  private signals = 0;
  /** What the process dies of where it is cut short: SIGINT, or the second signal. */
  private last: StopSignal = 'SIGINT';
  private isEnding = false;
  /** The command did not end by itself. */
  private isCutShort = false;
  /** The command prints nothing any more. */
  private hasFloor = false;
  private hasPrinted = false;
  private readonly floor = new Floor();
  private isOver = false;
  private end: (status: number) => void = () => undefined;
  private readonly status = new Promise<number>((resolve) => {
    this.end = (status) => {
      if (!this.isOver) resolve(status);
      this.isOver = true;
    };
  });

  constructor(
    program: URL,
    private readonly argv: readonly string[],
  ) {
    const shapes = { stdout: shapeOf(process.stdout), stderr: shapeOf(process.stderr) };
    const data: CommandData = { argv, floor: this.floor.shared, ...shapes };
    this.progress = progressReporter(this.texts.stderr, argv.includes('--quiet'));
    // Drivers are named in the environment, which native code reads of the process, not of a thread's copy.
    this.thread = new Worker(program, { workerData: data, env: SHARE_ENV });
    this.thread.on('message', (message: FromCommand) => {
      this.take(message);
    });
    this.thread.on('error', (error: unknown) => {
      this.fail(error);
    });
    // By itself, as where its reader went away.
    this.thread.on('exit', (code) => {
      if (!this.hasFloor) this.end(code);
    });
  }

  /** The first signal asks the command to end, the second gives it a moment, the third ends the process. */
  stop(signal: StopSignal): void {
    this.signals++;
    if (this.signals > 1) this.last = signal;
    if (this.signals > 2) endBy(signal);
    if (this.isOver) {
      // What it printed is on its way out.
      setTimeout(() => {
        endBy(signal);
      }, DRAIN_MILLISECONDS).unref();
      return;
    }
    if (this.signals === 1) this.thread.postMessage({ kind: 'stop', signal } satisfies ToCommand);
    const endNow = (): void => {
      void this.endNow();
    };
    // With an offer, the command is in a stage that it cannot end by itself.
    if (this.heeds === undefined || this.offer !== undefined) endNow();
    else if (this.signals > 1) setTimeout(endNow, 1000 * Math.min(this.heeds, MOMENT_SECONDS)).unref();
    else setTimeout(endNow, 1000 * this.heeds).unref();
  }

  /** Waits for the command, shows what it does, and ends the process as it says. */
  async untilEnd(): Promise<never> {
    const ticks = setInterval(() => {
      this.progress.tick();
    }, TICK_MILLISECONDS);
    const status = await this.status;
    clearInterval(ticks);
    this.progress.finish();
    // Dawn aborts the process where its thread is ended amid a call: a command that is cut short dies with the process.
    const isEnded = !this.isCutShort && (await this.ended());
    const drained = Promise.all([this.streams.stdout.written(), this.streams.stderr.written()]);
    await (this.signals > 0 ? Promise.race([drained, after(DRAIN_MILLISECONDS)]) : drained);
    // An exit waits for all threads, and one may hang in a driver's call, out of JavaScript's reach. Shells see 130 of
    // a process that died of Ctrl-C.
    if (!isEnded) endBy(status === INTERRUPTED ? this.last : 'SIGKILL');
    process.exit(status);
  }

  private take(message: FromCommand): void {
    switch (message.kind) {
      case 'text':
        this.progress.finish();
        this.streams[message.stream].write(message.text);
        break;
      case 'progress':
        this.stage = message.progress.label;
        this.progress.report(message.progress);
        break;
      case 'stage':
        this.stage = message.label;
        this.progress.stage(message.label);
        break;
      case 'finish':
        this.progress.finish();
        break;
      case 'offer':
        this.offer = message.offer;
        this.hasPrinted ||= message.offer === undefined;
        break;
      case 'heeds':
        this.heeds = message.seconds;
        break;
      case 'ended':
        this.end(message.status);
    }
  }

  /** The command does not end by itself: what it offers is printed instead. */
  private async endNow(): Promise<void> {
    if (this.isEnding) return;
    this.isEnding = true;
    const until = performance.now() + FLOOR_MILLISECONDS.most;
    while (!this.floor.take() && performance.now() < until) await after(FLOOR_MILLISECONDS.look);
    this.hasFloor = true;
    // What it said before is heard, its end included.
    await after(0);
    if (this.isOver) return;
    this.isCutShort = true;
    const { offer, stage, hasPrinted } = this;
    const left = hasPrinted ? 'what was printed is all there is' : 'nothing to report';
    this.progress.finish();
    this.texts.stderr.write(`batterywalk: ${offer?.remark ?? `stopped (${stage}): ${left}`}\n`);
    if (offer?.text !== undefined) this.texts.stdout.write(offer.text);
    if (offer?.document !== undefined) this.streams.stdout.write(offer.document);
    this.end(INTERRUPTED);
  }

  /** Ends the command's thread. @returns false where it does not end in time */
  private ended(): Promise<boolean> {
    return Promise.race([this.thread.terminate().then(() => true), after(END_MILLISECONDS).then(() => false)]);
  }

  /** What the command's thread did not catch: a fault, or too little memory. */
  private fail(error: unknown): void {
    const debug = this.argv.includes('--debug');
    this.progress.finish();
    this.texts.stderr.write(failureOf(error, debug, false).text);
    this.end(UNEXPECTED);
  }
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Dies of a signal as a process does that never heard of it. Not process.exit, which waits for all threads. */
function endBy(signal: StopSignal | 'SIGKILL'): void {
  for (const each of ['SIGINT', 'SIGTERM']) process.removeAllListeners(each);
  process.kill(process.pid, signal);
}

function shapeOf({ isTTY, columns }: NodeJS.WriteStream): StreamShape {
  // Node has `undefined` here for what is no terminal, whatever its types say.
  return { isTTY: (isTTY as boolean | undefined) === true, columns };
}

interface Writer extends TextSink {
  /** When all is written. */
  written(): Promise<void>;
}

/** A stream that is written in the background, so that a pipe which nobody reads does not hold the signals up. */
function writerOf({ isTTY, columns }: NodeJS.WriteStream, file: number): Writer {
  let queue: Promise<void> = Promise.resolve();
  return {
    isTTY,
    columns,
    write(text) {
      const bytes = Buffer.from(text);
      queue = queue.then(() => writeAll(file, bytes));
    },
    written: () => queue,
  };
}

/** Milliseconds that a pipe which takes nothing now is left alone. */
const AGAIN = 10;

async function writeAll(file: number, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const [error, written] = await new Promise<[NodeJS.ErrnoException | null, number]>((resolve) => {
      write(file, bytes, at, (failure, count) => {
        resolve([failure, count]);
      });
    });
    if (error === null) at += written;
    else if (error.code === 'EAGAIN') await after(AGAIN);
    // Whoever reads may stop doing so (`| head`): that is no error. Elsewhere there is nobody left to be told.
    else process.exit(error.code === 'EPIPE' ? 0 : UNWRITABLE);
  }
}
