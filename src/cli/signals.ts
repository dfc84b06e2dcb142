/**
 * Signals that ask for an end. The first is heeded by the command in its own time; the second ends the process,
 * whatever it waits for.
 */

type Stop = 'SIGINT' | 'SIGTERM';

const heeded = new Set<Stop>();
let asked = false;
let stuck = false;

/**
 * From now on the first such signal raises what is returned. A second one, of either kind, is the system's to act on.
 */
export function stopOn(name: Stop): AbortSignal {
  const controller = new AbortController();
  heeded.add(name);
  process.on(name, () => {
    if (asked) endBy(name);
    asked = true;
    controller.abort();
  });
  return controller.signal;
}

/**
 * Dies of a signal as a process does that never heard of it. Not process.exit, which waits for all threads: one may
 * hang in a driver's call, out of JavaScript's reach.
 */
function endBy(name: Stop): void {
  for (const each of heeded) process.removeAllListeners(each);
  process.kill(process.pid, name);
}

/** A thread of this process cannot be ended: only the system can end the process. */
export function setStuck(): void {
  stuck = true;
}

export const isStuck = (): boolean => stuck;
