/**
 * What the worker's two threads say to each other: the one that holds the connection, and the one that holds the
 * device.
 */
import type { BackendRequest } from '../../../engine/open-backend.js';
import type { PlainError } from '../../../plain-error.js';

export type ToEngine =
  /** Opens the device. `out`: a folder that the driver shares. */
  | { readonly kind: 'open'; readonly request: BackendRequest; readonly out: string | undefined }
  /** Makes a sweep known by its document. */
  | { readonly kind: 'sweep'; readonly sweep: string; readonly text: string }
  /** Runs shards, by index; each that has a result is answered, then the end. */
  | { readonly kind: 'run'; readonly id: number; readonly sweep: string; readonly shards: readonly number[] }
  /** Finish what the device has, and nothing else. */
  | { readonly kind: 'drain' };

export type FromEngine =
  | { readonly kind: 'opened'; readonly device: string }
  /** A sweep is known: the hashes of its shards. */
  | { readonly kind: 'known'; readonly sweep: string; readonly hashes: readonly string[] }
  | { readonly kind: 'unknown'; readonly sweep: string; readonly message: string }
  /** A result as bytes, or one that is in the shared folder. */
  | { readonly kind: 'result'; readonly id: number; readonly shard: number; readonly bytes: Uint8Array | undefined }
  /** A shard that cannot be run by anyone. */
  | { readonly kind: 'failed'; readonly id: number; readonly shard: number; readonly message: string }
  /**
   * @property left shards that were not run, after a drain. @property speed path-slots a second of late.
   * @property forgotten the sweep is not planned any more: it is to be made known again.
   */
  | {
      readonly kind: 'end';
      readonly id: number;
      readonly left: readonly number[];
      readonly speed: number;
      readonly forgotten: boolean;
    }
  /** The device has walked on. */
  | { readonly kind: 'alive' }
  | { readonly kind: 'remark'; readonly text: string }
  /**
   * Nothing more can be run here: the device is lost (a BackendError, or unforeseen), or this worker cannot keep
   * results.
   */
  | { readonly kind: 'broken'; readonly failure: PlainError };
