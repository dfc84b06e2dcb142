/**
 * What the process's first thread (supervisor.ts) and the one that runs the command (command-thread.ts) say to each
 * other.
 */
import type { Offer } from './context.js';
import type { StopSignal } from './interrupt.js';
import type { Progress } from '../study/progress.js';

export type ToCommand = { readonly kind: 'stop'; readonly signal: StopSignal };

export type FromCommand =
  /** Text for a stream that the first thread writes. */
  | { readonly kind: 'text'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'stage'; readonly label: string }
  | { readonly kind: 'finish' }
  /**
   * What is to be printed should the command have to be ended now; nothing from the moment that results are printed.
   */
  | { readonly kind: 'offer'; readonly offer: Offer | undefined }
  /** The command listens to signals, and ends within so many seconds of one. */
  | { readonly kind: 'heeds'; readonly seconds: number }
  | { readonly kind: 'ended'; readonly status: number };

/** What the command's thread is started with. */
export interface CommandData {
  readonly argv: readonly string[];
  /** Of who may print (floor.ts). */
  readonly floor: SharedArrayBuffer;
  /** Whether each stream is a terminal, and how wide. */
  readonly stdout: StreamShape;
  readonly stderr: StreamShape;
}

export interface StreamShape {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
}
