/** The files that a site's `run` and `validate` write with `--out`, as texts by name. */
import { splitSite } from '../engine/site-job.js';
import type { SiteReference } from '../theory/site-reference.js';
import type { SiteReportContent } from './html/site-report.js';
import type { SiteSummary } from '../stats/site-summary.js';
import type { SurvivalData } from './charts/distribution.js';
import { hashedRun, runRecord, siteTablesSha256 } from './manifest.js';
import type { RunHost } from './manifest.js';
import { runFiles } from './run-files.js';
import type { NamedText } from './run-files.js';
import { siteDistribution } from './site-curves.js';
import type { SiteDocument } from './site-document.js';
import type { FinishedSite } from '../study/finished.js';

/** A run with what was made of it. */
export interface ReportedSite {
  readonly run: FinishedSite;
  readonly summary: SiteSummary;
  readonly document: SiteDocument;
  /** Left out where theory was not asked. */
  readonly reference?: SiteReference;
}

/** The files. */
export function siteFiles(site: ReportedSite, host: () => RunHost): AsyncGenerator<NamedText> {
  const { run, document } = site;
  return runFiles({
    document,
    hashed: siteHashedInputs(run),
    partials: run.partials,
    record: () => runRecord(run, run.job.paths, host()),
    async report() {
      const { siteReportHtml } = await import('./html/site-report.js');
      return siteReportHtml(siteReportContent(site));
    },
  });
}

/** What report.html shows of it. */
export function siteReportContent({ run, summary, document, reference }: ReportedSite): SiteReportContent {
  const distributions = siteDistributions(run, reference);
  return { document, summary, distributions, manifestSha256: siteHashedInputs(run).sha256 };
}

/** The law of the auxiliary energy at every horizon. */
function siteDistributions({ partials, law }: FinishedSite, reference?: SiteReference): SurvivalData[] {
  const exact = reference?.kind === 'exact' ? reference.horizons : [];
  return splitSite(partials).auxiliary.map((horizon) =>
    siteDistribution(
      horizon,
      law.quantumJoules,
      exact.find((own) => own.slots === horizon.slots),
    ),
  );
}

/** As `hashedInputs` has it for the paper's walk: equal for equal inputs on every backend. */
function siteHashedInputs(run: FinishedSite) {
  return hashedRun(run, siteTablesSha256(run.law.tables, run.law.initialQuanta));
}
