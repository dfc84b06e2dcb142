/**
 * What report.html and the page show of a run, as data: its document, its curves, and the hash of what can be repeated.
 */
import { splitSite } from '../engine/site-job.js';
import { volatility } from '../fleet/walk-law.js';
import type { SiteReference } from '../theory/site-reference.js';
import type { SiteSummary } from '../stats/site-summary.js';
import type { FinishedRun, FinishedSite } from '../study/finished.js';
import type { ValidatedWalk } from '../study/walk.js';
import { horizonCurves } from './curves.js';
import type { DistributedDocument } from './distributed.js';
import type { RunDocument, ValidateDocument } from './documents.js';
import type { ReportContent } from './html/report.js';
import type { RunReportContent } from './html/run-report.js';
import type { SiteReportContent } from './html/site-report.js';
import { hashedInputs } from './manifest.js';
import { siteDistribution } from './site-curves.js';
import type { SiteDocument } from './site-document.js';

/** A validated walk with its document. */
export interface ReportedWalk extends Omit<ValidatedWalk, 'kind' | 'judgement' | 'pass'> {
  readonly document: ValidateDocument;
  /** Where energy is burned over the service: the run itself; all above is then of its lumped companion. */
  readonly distributed?: { readonly run: FinishedRun; readonly document: DistributedDocument };
}

/** Of `run`: the simulated tails. */
export function runContent(run: FinishedRun, document: RunDocument): RunReportContent {
  const tails = run.partials.horizons.map((horizon) => siteDistribution(horizon, run.law.quantumJoules));
  return { document, tails, manifestSha256: hashedInputs(run).sha256 };
}

/** Of `validate`, without the paper's figures. */
export function walkContent(of: ReportedWalk): ReportContent {
  const { run, summary, judged, document, references, distributed } = of;
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
        ...h.meanInterval,
        exact: exact.mean,
        corrected: corrected.mean,
        brownian: brownian.mean,
      };
    }),
    manifestSha256: hashedInputs((distributed ?? { run }).run).sha256,
    ...(distributed === undefined ? {} : { distributed: distributed.document }),
  };
}

/** A site's run with what was made of it. */
export interface ReportedSite {
  readonly run: FinishedSite;
  readonly summary: SiteSummary;
  readonly document: SiteDocument;
  /** Left out where theory was not asked. */
  readonly reference?: SiteReference;
}

/** Of a site's `run` or `validate`: the law of the auxiliary energy at every horizon. */
export function siteContent({ run, summary, document, reference }: ReportedSite): SiteReportContent {
  const exact = reference?.kind === 'exact' ? reference.horizons : [];
  const distributions = splitSite(run.partials).auxiliary.map((horizon) =>
    siteDistribution(
      horizon,
      run.law.quantumJoules,
      exact.find((own) => own.slots === horizon.slots),
    ),
  );
  return { document, summary, distributions, manifestSha256: hashedInputs(run).sha256 };
}
