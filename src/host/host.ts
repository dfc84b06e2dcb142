/**
 * The host of this program, for the public API. What index.ts exports must come from here and not from `#host` itself:
 * the package's declarations would then name `#host`, which resolves to the sources and these are not in the package.
 */
import { host as chosen } from '#host';
import type { Host } from './contract.js';

/** The machine that a program runs on: how it starts workers and finds adapters; in Node, or in a browser. */
export const host: Host = chosen;
