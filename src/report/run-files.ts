/** The files of `run --out` and `validate --out`, whatever was run, as texts by name. */
import { partialsToJson } from '../engine/partials-codec.js';
import type { Partials } from '../engine/partials.js';
import type { Outcome } from '../study/finished.js';
import type { AnyPrepared } from '../study/study.js';
import type { FileRead } from '../scenario/trace/inspect.js';
import { hashedInputs, manifestDocument, runRecord } from './manifest.js';
import type { RunHost } from './manifest.js';

export type NamedText = readonly [name: string, contents: string];

export interface FilesOf {
  /** What `--json` prints. */
  readonly document: { readonly elapsedSeconds: number; readonly pathSlotsPerSecond: number };
  readonly run: AnyPrepared & Outcome;
  /** Further files that the manifest vouches for. */
  readonly more?: readonly NamedText[];
  /** What was read of files of measured values. */
  readonly read: readonly FileRead[];
  /** Draws report.html. The chart library is dear to load, and most runs write no report. */
  readonly report: () => Promise<string>;
}

/** What JSON leaves out. */
const WITHOUT_TIMES = { elapsedSeconds: undefined, pathSlotsPerSecond: undefined };

/**
 * summary.json (the document but for its times), partials.json, report.html, run.json (times and places) and, last,
 * manifest.json, which holds the hashes of the others but for run.json. Each comes as soon as it is made: what a long
 * run has found is safe before the report is drawn.
 */
export async function* runFiles(
  { document, run, more = [], read, report }: FilesOf,
  host: () => RunHost,
): AsyncGenerator<NamedText> {
  const files: NamedText[] = [
    ['summary.json', jsonText({ ...document, ...(read.length === 0 ? {} : { read }), ...WITHOUT_TIMES })],
    ['partials.json', partialsText(run.partials)],
    ...more,
  ];
  yield* files;
  files.push(['report.html', await report()]);
  yield files[files.length - 1];
  yield ['run.json', jsonText(runRecord(run, run.job.paths, host()))];
  yield ['manifest.json', jsonText(manifestDocument(hashedInputs(run), files, read))];
}

/** A document as it is printed and saved. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Partials as they are saved. */
export function partialsText(partials: Partials): string {
  return `${JSON.stringify(partialsToJson(partials))}\n`;
}
