/** Entry of the command line: hands the process's arguments and streams to `runCommandLine` and ends with its status. */
import { runCommandLine } from './program.js';
import { failureOf } from './failure.js';
import { asciiSink, outputSink, unwritable, wantsAscii } from './output.js';
import { isStuck, stopOn } from './signals.js';

// Whoever reads our output may stop doing so (`| head`): that is no error.
for (const name of ['stdout', 'stderr'] as const) {
  process[name].on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    const failure = failureOf(unwritable(name, error), false, false);
    if (name === 'stdout') process.stderr.write(failure.text);
    process.exit(failure.status);
  });
}

const documents = outputSink('stdout', process.stdout);
const messages = outputSink('stderr', process.stderr);
const io = wantsAscii(process.env)
  ? { stdout: asciiSink(documents, true), stderr: asciiSink(messages), documents }
  : { stdout: documents, stderr: messages };
const status = await runCommandLine(process.argv.slice(2), io, () => stopOn('SIGINT'));
// What is written to a pipe may still be on its way; idle workers and devices must not keep the process.
process.exitCode = status;
process.stdout.write('', () => {
  process.stderr.write('', () => {
    // An exit waits for all threads.
    if (isStuck()) process.kill(process.pid, 'SIGKILL');
    process.exit(status);
  });
});
