/**
 * A sweep by many machines: BullMQ on Redis. Load this when it is asked for (`await import`): the client is large and
 * nothing else needs it.
 */
export { driveQueue } from './drive.js';
export { serveQueue } from './serve.js';
