/** How a signal reaches a command. */

/** Signals that ask for an end. */
export type StopSignal = 'SIGINT' | 'SIGTERM';

/**
 * Gives what a signal raises; called only by commands that heed it. Until SIGTERM is asked for, it raises what SIGINT
 * does. `seconds` is how long the command may take to end then.
 */
export type Interrupt = (signal: StopSignal, seconds?: number) => AbortSignal;
