/** The thread that runs a command: its texts, its progress and its end go to the supervisor, stops come from there. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Io } from './context.js';
import { Floor } from './floor.js';
import { asciiSink, outputSink, wantsAscii } from './output.js';
import { runCommandLine } from './program.js';
import type { Progress } from '../study/progress.js';
import type { ProgressReporter, TextSink } from './progress.js';
import type { StopSignal } from './interrupt.js';
import type { CommandData, FromCommand, StreamShape, ToCommand } from './thread-protocol.js';

/** States of one stage are sent this many milliseconds apart. */
const SENT_MILLISECONDS = 50;
/** Seconds in which a command that heeds signals has to end. */
const STOP_SECONDS = 1;

/** Runs the command that the thread was started for. */
export async function serveCommand(): Promise<void> {
  const { argv, floor: shared, stdout, stderr } = workerData as CommandData;
  const floor = new Floor(shared);
  const stops = { SIGINT: new AbortController(), SIGTERM: new AbortController() };
  let tellsApart = false;
  parentPort?.on('message', ({ signal }: ToCommand) => {
    stops[signal === 'SIGTERM' && tellsApart ? 'SIGTERM' : 'SIGINT'].abort();
  });
  // Listening alone shall not keep the thread.
  parentPort?.unref();
  const interrupt = (signal: StopSignal, seconds = STOP_SECONDS): AbortSignal => {
    if (signal === 'SIGTERM') tellsApart = true;
    send({ kind: 'heeds', seconds });
    return stops[signal].signal;
  };
  // A terminal shows progress too: one thread writes both, in their order.
  const documents = floor.sink(
    stdout.isTTY ? remoteSink('stdout', stdout) : outputSink('stdout', () => process.exit(0)),
  );
  const messages = floor.sink(remoteSink('stderr', stderr));
  const io: Io = {
    ...(wantsAscii(process.env)
      ? { stdout: asciiSink(documents, true), stderr: asciiSink(messages), documents }
      : { stdout: documents, stderr: messages }),
    progress: remoteProgress(),
    offer: (offer) => {
      send({ kind: 'offer', offer });
    },
  };
  const status = await runCommandLine(argv, io, interrupt);
  // Otherwise the first thread says how it ended.
  if (floor.isWhole) send({ kind: 'ended', status });
}

function send(message: FromCommand): void {
  parentPort?.postMessage(message);
}

function remoteSink(stream: 'stdout' | 'stderr', shape: StreamShape): TextSink {
  return {
    ...shape,
    write(text) {
      send({ kind: 'text', stream, text });
    },
  };
}

function remoteProgress(): ProgressReporter {
  let sentAt = -Infinity;
  let label = '';
  return {
    report(progress: Progress) {
      const now = performance.now();
      if (progress.label === label && progress.done < progress.total && now - sentAt < SENT_MILLISECONDS) return;
      sentAt = now;
      label = progress.label;
      send({ kind: 'progress', progress });
    },
    stage(next) {
      label = next;
      send({ kind: 'stage', label: next });
    },
    tick: () => undefined,
    finish() {
      send({ kind: 'finish' });
    },
  };
}
