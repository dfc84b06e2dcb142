/** Entry of the command line: hands the process's arguments and streams to `runCommandLine` and ends with its status. */
import { runCommandLine } from './program.js';
import { failureOf, INTERRUPTED } from './failure.js';
import { outputSink, unwritable } from './output.js';

/** The first Ctrl-C asks the command to stop, the second ends the process. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
  });
  return controller.signal;
}

// Whoever reads our output may stop doing so (`| head`): that is no error.
for (const name of ['stdout', 'stderr'] as const) {
  process[name].on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    const failure = failureOf(unwritable(name, error), false, false);
    if (name === 'stdout') process.stderr.write(failure.text);
    process.exit(failure.status);
  });
}

const io = { stdout: outputSink('stdout', process.stdout), stderr: outputSink('stderr', process.stderr) };
const status = await runCommandLine(process.argv.slice(2), io, interruptSignal);
// What is written to a pipe may still be on its way; idle workers and devices must not keep the process.
process.exitCode = status;
process.stdout.write('', () => {
  process.stderr.write('', () => {
    process.exit(status);
  });
});
