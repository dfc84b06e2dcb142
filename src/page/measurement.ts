/**
 * What a benchmark has measured, and what of it may be quoted. A wrong hash has no speed, and what was measured while
 * something disturbed is marked. No DOM.
 */
import type { BackendName } from '../engine/backend.js';
import { VERSION } from '../version.js';
import type { BenchBackend, BenchEvent, BenchRow } from './protocol.js';

/** Of the fixed loop's pace before and after: below this the machine was not steady. */
const STEADY = 0.8;

export interface Results {
  readonly startedAt: string;
  readonly backends: BenchBackend[];
  readonly rows: (BenchRow & { readonly disturbed: boolean })[];
  readonly unavailable: { readonly backend: BackendName; readonly reason: string }[];
  /** What disturbed, in words. */
  readonly disturbances: string[];
  /** The fixed loop's pace at one end of the measurement, of that at the other; undefined before the end. */
  steadiness: number | undefined;
}

export class Measurement {
  readonly results: Results;
  /** Whether the row that is being measured is disturbed. */
  private disturbed = false;

  constructor(startedAt: string) {
    this.results = {
      startedAt,
      ...{ backends: [], rows: [], unavailable: [], disturbances: [], steadiness: undefined },
    };
  }

  /** What a reader must know of the speeds; empty where nothing disturbed. */
  get warning(): string {
    const { disturbances } = this.results;
    if (disturbances.length === 0) return '';
    return `${disturbances.join(' ')} What was measured then is marked and not to be quoted.`;
  }

  /** Something disturbs: the row that is being measured is marked. */
  disturb(what: string): void {
    const { disturbances } = this.results;
    this.disturbed = true;
    if (!disturbances.includes(what)) disturbances.push(what);
  }

  /** @param isHidden whether the page is hidden now, which disturbs the next row too */
  take(event: BenchEvent, isHidden: boolean): void {
    const { results } = this;
    switch (event.type) {
      case 'opened':
        results.backends.push(event.backend);
        return;
      case 'row':
        results.rows.push({ ...event.row, disturbed: this.disturbed });
        this.disturbed = isHidden;
        return;
      case 'unavailable':
        results.unavailable.push(event);
        return;
      case 'remark':
        this.disturb(event.text);
        return;
      case 'ended':
        results.steadiness = event.steadiness;
        if (event.steadiness < STEADY)
          this.disturb(
            `The processor ran a fixed loop ${Math.round(100 * (1 - event.steadiness))} % slower at one end of ` +
              'the measurement than at the other: it was throttled, or busy.',
          );
    }
  }
}

/** Whether a backend counts what the processor counts; undefined where that is not known. */
function agrees({ backends }: Results, name: BackendName): boolean | undefined {
  const expected = backends.find((b) => b.backend === 'cpu')?.checkSha256;
  const own = backends.find((b) => b.backend === name)?.checkSha256;
  return expected === undefined || own === undefined ? undefined : own === expected;
}

/** Whether a row counted what the others did: a wrong one is refused. */
export function verdictOf(results: Results, row: BenchRow): 'right' | 'unchecked' | 'wrong' {
  const others = results.rows.filter((r) => r.paths === row.paths);
  const sameSize = others.every((r) => r.partialsSha256 === row.partialsSha256);
  const agreed = agrees(results, row.backend);
  if (row.partialsSha256 === '' || agreed === false || !sameSize) return 'wrong';
  return agreed === undefined ? 'unchecked' : 'right';
}

/** What is saved: speeds of wrong counts are left out. @param browser in which they were measured */
export function exported(
  results: Results,
  browser: { readonly userAgent: string; readonly hardwareConcurrency: number },
) {
  return {
    schemaVersion: 1,
    version: VERSION,
    startedAt: results.startedAt,
    browser: browser.userAgent,
    hardwareConcurrency: browser.hardwareConcurrency,
    workload: { preset: 'benchmark', slots: 4096, horizons: 32 },
    backends: results.backends.map((b) => ({ ...b, agrees: agrees(results, b.backend) ?? null })),
    rates: results.rows.filter((row) => verdictOf(results, row) !== 'wrong'),
    refused: results.rows
      .filter((row) => verdictOf(results, row) === 'wrong')
      .map(({ backend, paths, partialsSha256 }) => ({ backend, paths, partialsSha256 })),
    unavailable: results.unavailable,
    disturbances: results.disturbances,
    steadiness: results.steadiness ?? null,
  };
}
