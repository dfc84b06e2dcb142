/** What all questions of the library have in common. */
import type { Backend } from '../engine/backend.js';
import { openBackend } from '../engine/open-backend.js';
import type { BackendRequest } from '../engine/open-backend.js';
import type { Host } from '../host/contract.js';
import { host as ownHost } from '../host/host.js';
import type { Scenario } from '../scenario/scenario.js';
import type { StudyControl } from '../study/control.js';

/** How far a study is. */
export interface StudyProgress {
  /** What is being done: `simulating`, `comparing`, `at 1.05`. */
  readonly label: string;
  /** Work done and in all; path-slots or paths. */
  readonly done: number;
  readonly total: number;
  /** Seconds that what is done took. */
  readonly elapsedSeconds: number;
}

/** Where a study is run, and who is told of it. */
export interface RunOptions extends Omit<BackendRequest, 'kernel'> {
  /** Any text; `1` where left out. Equal seeds give equal integers on every backend. */
  readonly seed?: string;
  /** Stops the study: what is finished by then is the result, where that is one. */
  readonly signal?: AbortSignal;
  /** Told several times a second how far it is. */
  readonly onProgress?: (progress: StudyProgress) => void;
  /** Told what is worth knowing: a worker that fell silent, a device that was lost, a stop. */
  readonly onRemark?: (text: string) => void;
  /** Where it runs; this host where left out. */
  readonly host?: Host;
}

/** A scenario, checked or as it stands in a file. */
export type ScenarioInput = Scenario | object;

/** The backend that is asked for. @throws {BackendError} where there is none */
export function opened(
  { host = ownHost, ...options }: RunOptions,
  kernel?: BackendRequest['kernel'],
): Promise<Backend> {
  const { backend, adapter, threads, onRemark } = options;
  return openBackend(host, {
    ...(backend === undefined ? {} : { backend }),
    ...(adapter === undefined ? {} : { adapter }),
    ...(threads === undefined ? {} : { threads }),
    ...(onRemark === undefined ? {} : { onRemark }),
    ...(kernel === undefined ? {} : { kernel }),
  });
}

/** How a study of several runs tells the caller of itself. */
export function controlOf({ signal, onProgress, onRemark }: RunOptions): StudyControl {
  return {
    signal: signal ?? new AbortController().signal,
    onStage: () => undefined,
    onProgress: (label, done, total, elapsedSeconds) => {
      onProgress?.({ label, done, total, elapsedSeconds });
    },
    onRemark: (text) => {
      onRemark?.(text);
    },
  };
}
