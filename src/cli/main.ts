/** Entry of the command line: hands the process's arguments and streams to `runCommandLine` and ends with its status. */
import { runCommandLine } from './program.js';
import { isStuck, stopOn } from './signals.js';

// Whoever reads our output may stop doing so (`| head`): that is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

const status = await runCommandLine(process.argv.slice(2), process, () => stopOn('SIGINT'));
// What is written to a pipe may still be on its way; idle workers and devices must not keep the process.
process.exitCode = status;
process.stdout.write('', () => {
  process.stderr.write('', () => {
    // An exit waits for all threads.
    if (isStuck()) process.kill(process.pid, 'SIGKILL');
    process.exit(status);
  });
});
