/** Entry of the command line. Commands run in a thread of their own, so that the first is always there for signals. */
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  const { supervise } = await import('./supervisor.js');
  await supervise(new URL(import.meta.url));
} else {
  const { serveCommand } = await import('./command-thread.js');
  await serveCommand();
}
