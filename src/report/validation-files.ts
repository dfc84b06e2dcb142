/** The files that `validate --out` writes, as texts by name. They are complete before the first is written. */
import type { Simulation } from '../engine/simulate.js';
import { partialsToJson } from '../engine/partials-codec.js';
import { volatility } from '../fleet/walk-law.js';
import type { Summary } from '../stats/summary.js';
import type { DeficitLaw } from '../theory/deficit-law.js';
import { horizonCurves } from './curves.js';
import type { DistributedDocument } from './distributed.js';
import type { JudgedHorizon, ValidateDocument } from './documents.js';
import { hashedInputs, manifestDocument } from './manifest.js';
import type { RunHost } from './manifest.js';
import type { ReportContent } from './html/report.js';

export interface Validation {
  readonly simulation: Simulation;
  readonly summary: Summary;
  readonly judged: readonly JudgedHorizon[];
  readonly document: ValidateDocument;
  /** Exact laws of the walk that was sampled, one for each horizon, where they are at hand. */
  readonly sampled?: readonly (DeficitLaw | undefined)[];
  /** Where energy is burned over the service: the run itself; all above is then of its lumped companion on the same draws. */
  readonly distributed?: { readonly simulation: Simulation; readonly document: DistributedDocument };
}

/**
 * summary.json, partials.json, report.html and, last, manifest.json, which holds the hashes of the others. Each comes as soon as it is
 * made: what a long run has found is safe before the report is drawn.
 */
export async function* validationFiles(
  validation: Validation,
  host: () => RunHost,
): AsyncGenerator<readonly [name: string, contents: string]> {
  const { simulation, document } = validation.distributed ?? validation;
  const files: [string, string][] = [
    ['summary.json', jsonText(document)],
    ['partials.json', `${JSON.stringify(partialsToJson(simulation.partials))}\n`],
  ];
  yield* files;
  // The chart library is dear to load, and most runs write no report.
  const [{ reportHtml }, { reportFigures }] = await Promise.all([
    import('./html/report.js'),
    import('./figures/report-figures.js'),
  ]);
  const figures = reportFigures(validation.simulation, validation.summary);
  files.push(['report.html', reportHtml({ ...reportContent(validation), figures })]);
  yield files[2];
  yield ['manifest.json', jsonText(manifestDocument(simulation, host(), Object.fromEntries(files)))];
}

function reportContent({ simulation, summary, judged, document, sampled, distributed }: Validation): ReportContent {
  const { partials, law, walk } = simulation;
  return {
    document,
    curves: partials.horizons.map((horizon, i) =>
      horizonCurves(horizon, law.quantumJoules, judged[i].theory, volatility(walk), sampled?.[i]),
    ),
    means: summary.horizons.map((h, i) => {
      const { exact, corrected, brownian } = judged[i].theory;
      return {
        slots: h.slots,
        simulated: h.meanDeficit,
        lower: h.meanInterval.lower,
        upper: h.meanInterval.upper,
        exact: exact.mean,
        corrected: corrected.mean,
        brownian: brownian.mean,
      };
    }),
    manifestSha256: hashedInputs((distributed ?? { simulation }).simulation).sha256,
    ...(distributed === undefined ? {} : { distributed: distributed.document }),
  };
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
