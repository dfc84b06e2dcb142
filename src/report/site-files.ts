/** The files that a site's `run` and `validate` write with `--out`, as texts by name. They are complete before the first is written. */
import { partialsToJson } from '../engine/partials-codec.js';
import { splitSite } from '../engine/site-job.js';
import type { SiteReference } from '../stats/site-reference.js';
import type { SiteSummary } from '../stats/site-summary.js';
import type { SurvivalData } from './charts/distribution.js';
import { hashedRun, sha256Text, siteTablesSha256 } from './manifest.js';
import type { RunHost } from './manifest.js';
import { siteDistribution } from './site-curves.js';
import type { FinishedSite, SiteDocument } from './site-document.js';

/** A run with what was made of it. */
export interface ReportedSite {
  readonly run: FinishedSite;
  readonly summary: SiteSummary;
  readonly document: SiteDocument;
  /** Left out where theory was not asked. */
  readonly reference?: SiteReference;
}

/** summary.json, partials.json, report.html and, last, manifest.json, which holds the hashes of the others; each comes as soon as it is made. */
export async function* siteFiles(
  { run, summary, document, reference }: ReportedSite,
  host: () => RunHost,
): AsyncGenerator<readonly [name: string, contents: string]> {
  const files: [string, string][] = [
    ['summary.json', `${JSON.stringify(document, null, 2)}\n`],
    ['partials.json', `${JSON.stringify(partialsToJson(run.partials))}\n`],
  ];
  yield* files;
  // The chart library is dear to load, and most runs write no report.
  const { siteReportHtml } = await import('./html/site-report.js');
  const distributions = siteDistributions(run, reference);
  const { sha256: manifestSha256 } = siteHashedInputs(run);
  files.push(['report.html', siteReportHtml({ document, summary, distributions, manifestSha256 })]);
  yield files[2];
  yield ['manifest.json', `${JSON.stringify(siteManifest(run, host(), files), null, 2)}\n`];
}

/** The law of the auxiliary energy at every horizon. */
export function siteDistributions({ partials, law }: FinishedSite, reference?: SiteReference): SurvivalData[] {
  const exact = reference?.kind === 'exact' ? reference.horizons : [];
  return splitSite(partials).auxiliary.map((horizon, i) => siteDistribution(horizon, law.quantumJoules, exact[i]));
}

/** As `hashedInputs` has it for the paper's walk: equal for equal inputs on every backend. */
export function siteHashedInputs(run: FinishedSite) {
  return hashedRun(run, siteTablesSha256(run.law.tables, run.law.initialQuanta));
}

function siteManifest(run: FinishedSite, host: RunHost, files: readonly [string, string][]) {
  const { job, backend, adapter, elapsedSeconds, pathSlotsPerSecond } = run;
  return {
    manifestVersion: 1,
    hashed: siteHashedInputs(run),
    run: { backend, adapter, ...host, trialsAsked: job.paths, elapsedSeconds, pathSlotsPerSecond },
    files: Object.fromEntries(files.map(([name, contents]) => [name, { sha256: sha256Text(contents) }])),
  };
}
