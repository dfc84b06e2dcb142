/** The files that `run --out` and `validate --out` write of a walk, as texts by name. */
import type { FinishedRun } from '../study/finished.js';
import type { ValidatedWalk } from '../study/walk.js';
import type { Partials } from '../engine/partials.js';
import { volatility } from '../fleet/walk-law.js';
import { horizonCurves } from './curves.js';
import type { DistributedDocument } from './distributed.js';
import type { RunDocument, ValidateDocument } from './documents.js';
import { hashedInputs, runRecord } from './manifest.js';
import type { RunHost } from './manifest.js';
import { partialsText, runFiles } from './run-files.js';
import type { NamedText } from './run-files.js';
import { siteDistribution } from './site-curves.js';
import type { ReportContent } from './html/report.js';

/** A validated walk with its document. */
export interface Validation extends Omit<ValidatedWalk, 'kind' | 'judgement' | 'pass'> {
  readonly document: ValidateDocument;
  /** Where energy is burned over the service: the run itself; all above is then of its lumped companion. */
  readonly distributed?: {
    readonly run: FinishedRun;
    readonly document: DistributedDocument;
    /** All that was counted on the paths: the rows of a proof. */
    readonly counted: Partials;
  };
}

/** The files of `validate`. Of a distributed run, proof-partials.json has its lumped companion and all else counted. */
export function validationFiles(validation: Validation, host: () => RunHost): AsyncGenerator<NamedText> {
  const { distributed } = validation;
  const { run, document } = distributed ?? validation;
  return runFiles({
    document,
    hashed: hashedInputs(run),
    partials: run.partials,
    more: distributed === undefined ? [] : [['proof-partials.json', partialsText(distributed.counted)]],
    record: () => runRecord(run, run.job.paths, host()),
    async report() {
      const [{ reportHtml }, { reportFigures }] = await Promise.all([
        import('./html/report.js'),
        import('./figures/report-figures.js'),
      ]);
      const figures = reportFigures(validation.run, validation.summary);
      return reportHtml({ ...reportContent(validation), figures });
    },
  });
}

/** The files of `run`, whose report shows what was simulated alone. */
export function walkFiles(
  simulation: FinishedRun,
  document: RunDocument,
  host: () => RunHost,
): AsyncGenerator<NamedText> {
  const { partials, law, job } = simulation;
  const hashed = hashedInputs(simulation);
  return runFiles({
    document,
    hashed,
    partials,
    record: () => runRecord(simulation, job.paths, host()),
    async report() {
      const { runReportHtml } = await import('./html/run-report.js');
      const tails = partials.horizons.map((horizon) => siteDistribution(horizon, law.quantumJoules));
      return runReportHtml({ document, tails, manifestSha256: hashed.sha256 });
    },
  });
}

/** What report.html shows of it, without the paper's figures. */
export function reportContent({ run, summary, judged, document, references, distributed }: Validation): ReportContent {
  const { partials, law, walk } = run;
  return {
    document,
    curves: partials.horizons.map((horizon, i) =>
      horizonCurves(horizon, law.quantumJoules, judged[i].theory, volatility(walk), references[i].law),
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
    manifestSha256: hashedInputs((distributed ?? { run }).run).sha256,
    ...(distributed === undefined ? {} : { distributed: distributed.document }),
  };
}
