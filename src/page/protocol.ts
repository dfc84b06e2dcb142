/**
 * What the page and its workers say to each other: plain data, cloned. The workers do all that takes time; the page
 * only draws.
 */
import type { Backend, BackendName } from '../engine/backend.js';
import type { Partials } from '../engine/partials.js';
import type { HorizonCurves } from '../report/curves.js';
import type { MeanPoint } from '../report/charts/mean.js';
import type { SurvivalData } from '../report/charts/distribution.js';
import type { ValidateDocument } from '../report/documents.js';
import type { SiteDocument } from '../report/site-document.js';
import type { JudgedContent } from '../report/answer.js';
import type { DistributedDocument } from '../report/distributed.js';
import type { LawOnBins } from '../stats/law-on-bins.js';
import type { SiteSummary } from '../stats/site-summary.js';
import type { Summary } from '../stats/summary.js';
import type { PlainError } from '../plain-error.js';
import type { FileRead } from '../scenario/trace/inspect.js';

export type BackendChoice = BackendName | 'auto';
export type Adapter = Backend['adapter'];

/** A run as the form gives it; `document` is the scenario as JSON, unchecked. */
export interface RunSettings {
  readonly document: unknown;
  readonly trials: number;
  readonly horizons: readonly number[];
  readonly seed: string;
  /** What was read of files of measured values, whose values the document has; left out, nothing. */
  readonly read?: readonly FileRead[];
}

/** What is known of one horizon's laws: read at the edges of its histogram; the exact one comes last. */
export interface HorizonLaws {
  readonly slots: number;
  readonly onBins: {
    readonly corrected: LawOnBins;
    readonly brownian: LawOnBins;
    readonly exact: LawOnBins | undefined;
  };
  /** Means, joules. */
  readonly means: { readonly corrected: number; readonly brownian: number; readonly exact: number | undefined };
}

/** What every worker of the page says first: its script runs. */
export interface Started {
  readonly type: 'started';
}

/** Told to a worker that needs workers: whom to ask for them (host/lending.ts). */
export interface Lending {
  readonly type: 'lend';
  readonly port: MessagePort;
}

/** What is finished of a run. */
export interface Found {
  readonly partials: Partials;
  /** What of them the results and their hash are of (study/model.ts). */
  readonly counted: Partials;
  readonly elapsedSeconds: number;
}

export type RunCommand =
  | {
      readonly type: 'run';
      readonly settings: RunSettings;
      readonly backend: BackendChoice;
      /** What earlier parts of the same run found. */
      readonly from: Found | undefined;
    }
  | { readonly type: 'stop' }
  | { readonly type: 'laws'; readonly laws: HorizonLaws }
  /** Which horizon's curves snapshots hold, by its place. */
  | { readonly type: 'show'; readonly horizon: number };

/** How far a run is. */
interface Progress {
  readonly paths: number;
  readonly trials: number;
  readonly elapsedSeconds: number;
  readonly pathSlotsPerSecond: number;
}

/** The state of a run of the paper's walk while it goes on. */
export interface WalkSnapshot extends Progress {
  readonly kind: 'walk';
  readonly summary: Summary;
  readonly means: readonly MeanPoint[];
  /** Of the horizon that is shown, where its laws are known; `exactKnown` says whether the exact one is among them. */
  readonly curves: HorizonCurves | undefined;
  readonly exactKnown: boolean;
}

/** The state of a site's run while it goes on. */
export interface SiteSnapshot extends Progress {
  readonly kind: 'site';
  readonly summary: SiteSummary;
  readonly slotSeconds: number;
  /** Infinity where there is no limit. */
  readonly capacityJoules: number;
  /** Of the horizon that is shown. */
  readonly distribution: SurvivalData;
}

export type Snapshot = WalkSnapshot | SiteSnapshot;

export type Judged = JudgedContent;

/** What a verdict says of the run, and what its hash is of. */
export function documentOf(judged: Judged): SiteDocument | ValidateDocument | DistributedDocument {
  return judged.kind === 'walk' ? (judged.distributed ?? judged.document) : judged.document;
}

export type RunEvent =
  /** A sign of life, about once a second. */
  | { readonly type: 'alive' }
  /** What is finished by now, every few seconds: kept by the page, should the worker be lost. */
  | ({ readonly type: 'kept' } & Found)
  | { readonly type: 'opened'; readonly backend: BackendName; readonly adapter: Adapter }
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly type: 'remark'; readonly text: string }
  /** Without partials nothing was finished. */
  | {
      readonly type: 'ended';
      readonly found: Found | undefined;
      readonly partialsSha256: string;
      readonly stopped: boolean;
    }
  /** `partials` are what was finished before: the run can be continued. */
  | {
      readonly type: 'failed';
      readonly failure: PlainError;
      readonly found: Found | undefined;
    };

export type TheoryCommand =
  | { readonly type: 'prepare'; readonly settings: RunSettings }
  | {
      readonly type: 'judge';
      readonly settings: RunSettings;
      readonly partials: Partials;
      readonly elapsedSeconds: number;
      readonly backend: BackendName;
      readonly adapter: Adapter;
    }
  | { readonly type: 'report' };

export type TheoryEvent =
  | { readonly type: 'laws'; readonly laws: HorizonLaws }
  | { readonly type: 'judged'; readonly judged: Judged }
  | { readonly type: 'report'; readonly html: string }
  | { readonly type: 'failed'; readonly failure: PlainError };

/** One backend's row of a benchmark. */
export interface BenchRow {
  readonly backend: BackendName;
  readonly paths: number;
  /** Path-slots a second: the median of the timed runs, the slowest and the fastest. */
  readonly median: number;
  readonly slowest: number;
  readonly fastest: number;
  readonly runs: number;
  /** Hash of this size's partials, equal in every timed run. */
  readonly partialsSha256: string;
}

export interface BenchBackend {
  readonly backend: BackendName;
  readonly adapter: Adapter;
  /** Limits and features of a WebGPU adapter. */
  readonly limits: Readonly<Record<string, number>> | undefined;
  readonly features: readonly string[] | undefined;
  /** Seconds from nothing to the end of the first run: compilation included. */
  readonly warmUpSeconds: number;
  /** Hash of the first paths, which every backend must share. */
  readonly checkSha256: string;
}

export type BenchCommand =
  | { readonly type: 'bench'; readonly backends: readonly BackendName[]; readonly secondsPerSize: number }
  | { readonly type: 'stop' };

export type BenchEvent =
  | { readonly type: 'opened'; readonly backend: BenchBackend }
  | { readonly type: 'row'; readonly row: BenchRow }
  /** Something disturbed the measurement. */
  | { readonly type: 'remark'; readonly text: string }
  | { readonly type: 'unavailable'; readonly backend: BackendName; readonly reason: string }
  | { readonly type: 'ended'; readonly stopped: boolean; readonly steadiness: number };
