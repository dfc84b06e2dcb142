/**
 * What a study says, in every form that may be asked for: the document of `--json`, text for a terminal, rows for CSV,
 * and the files of `--out`. Forms are made when they are asked for: charts are dear, and most runs draw none.
 */
import type { Summarized, Validated } from '../study/study.js';
import type { FileRead } from '../scenario/trace/inspect.js';
import type { CsvRow } from './csv.js';
import { distributedDocument } from './distributed.js';
import type { DistributedDocument } from './distributed.js';
import { horizonRows, runDocument, validateDocument } from './documents.js';
import type { RunDocument, ValidateDocument } from './documents.js';
import { distributedText, runText, validateText } from './run-text.js';
import { partialsText, runFiles } from './run-files.js';
import type { NamedText } from './run-files.js';
import type { RunHost } from './manifest.js';
import type { ReportContent } from './html/report.js';
import type { SiteReportContent } from './html/site-report.js';
import { runContent, siteContent, walkContent } from './report-content.js';
import type { ReportedSite, ReportedWalk } from './report-content.js';
import { siteRunDocument, siteValidateDocument } from './site-document.js';
import type { SiteDocument } from './site-document.js';
import { siteRunText, siteValidateText } from './site-text.js';

export interface Answer {
  readonly pass: boolean;
  readonly document: object;
  readonly rows: readonly CsvRow[];
  readonly text: () => string;
  /** Each comes as soon as it is made; the manifest last. */
  readonly files: (host: () => RunHost) => AsyncIterable<NamedText>;
}

/** What a page draws of a verdict: the data of report.html. */
export type JudgedContent =
  ({ readonly kind: 'walk' } & ReportContent) | ({ readonly kind: 'site' } & SiteReportContent);

/** What `run` says. */
export interface RunAnswer extends Answer {
  readonly document: RunDocument | SiteDocument;
}

/** What `validate` says. */
export interface ValidationAnswer extends Answer {
  readonly document: ValidateDocument | DistributedDocument | SiteDocument;
  readonly content: () => JudgedContent;
}

/** What `run` says. @param read what was read of files of measured values */
export function runAnswer(of: Summarized, read: readonly FileRead[] = []): RunAnswer {
  if (of.kind === 'site') {
    const document = siteRunDocument(of.run, of.summary, of.judgement);
    return {
      ...{ pass: of.pass, document, rows: horizonRows(document) },
      text: () => siteRunText(of.run, of.summary, document),
      files: (host) => siteFiles({ ...of, document }, read, host),
    };
  }
  const { run, summary, pass } = of;
  const document = runDocument(run, summary);
  const report = async (): Promise<string> =>
    (await import('./html/run-report.js')).runReportHtml({ ...runContent(run, document), read });
  return {
    ...{ pass, document, rows: horizonRows(document) },
    text: () => runText(run, document),
    files: (host) => runFiles({ document, run, read, report }, host),
  };
}

/** What `validate` says. @param read what was read of files of measured values */
export function validationAnswer(of: Validated, read: readonly FileRead[] = []): ValidationAnswer {
  const { run, pass } = of;
  switch (of.kind) {
    case 'walk': {
      const document = validateDocument(of.run, of.summary, of.judgement, of.judged);
      const walk = { ...of, document };
      return {
        ...{ pass, document, rows: horizonRows(document) },
        text: () => validateText(of.run, document),
        files: (host) => runFiles({ document, run, read, report: () => walkReport(walk, read) }, host),
        content: () => ({ kind: 'walk', ...walkContent(walk), read }),
      };
    }
    case 'distributed': {
      const { companion } = of;
      const lumped = validateDocument(companion.run, companion.summary, companion.judgement, companion.judged);
      const document = distributedDocument(of.run, of.summary, lumped, of.proof);
      const walk = { ...companion, document: lumped, distributed: { run: of.run, document } };
      // The lumped companion and all else that was counted on the paths: the rows of a proof.
      const more = [['proof-partials.json', partialsText(of.counted)]] as const;
      return {
        ...{ pass, document, rows: horizonRows(document) },
        text: () => distributedText(of.run, document),
        files: (host) => runFiles({ document, run, more, read, report: () => walkReport(walk, read) }, host),
        content: () => ({ kind: 'walk', ...walkContent(walk), read }),
      };
    }
    case 'site': {
      const document = siteValidateDocument(of.run, of.summary, of.reference, of.judgement);
      return {
        ...{ pass, document, rows: horizonRows(document) },
        text: () => siteValidateText(of.run, of.summary, document),
        files: (host) => siteFiles({ ...of, document }, read, host),
        content: () => ({ kind: 'site', ...siteContent({ ...of, document }), read }),
      };
    }
  }
}

function siteFiles(site: ReportedSite, read: readonly FileRead[], host: () => RunHost): AsyncIterable<NamedText> {
  const report = async (): Promise<string> =>
    (await import('./html/site-report.js')).siteReportHtml({ ...siteContent(site), read });
  return runFiles({ ...site, read, report }, host);
}

/** report.html of `validate`, with the paper's figures that the walk can show. */
async function walkReport(walk: ReportedWalk, read: readonly FileRead[]): Promise<string> {
  const [{ reportHtml }, { reportFigures }] = await Promise.all([
    import('./html/report.js'),
    import('./figures/report-figures.js'),
  ]);
  return reportHtml({ ...walkContent(walk), read, figures: reportFigures(walk.run, walk.summary) });
}
