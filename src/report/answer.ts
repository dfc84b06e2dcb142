/**
 * What a study says, in every form that may be asked for: the document of `--json`, text for a terminal, rows for CSV,
 * and the files of `--out`. Forms are made when they are asked for: charts are dear, and most runs draw none.
 */
import type { Summarized, Validated } from '../study/study.js';
import type { CsvRow } from './csv.js';
import { distributedDocument } from './distributed.js';
import type { DistributedDocument } from './distributed.js';
import { distributedText } from './distributed-text.js';
import { horizonRows, runDocument, validateDocument } from './documents.js';
import type { RunDocument, ValidateDocument } from './documents.js';
import { runText, validateText } from './run-text.js';
import type { NamedText } from './run-files.js';
import type { RunHost } from './manifest.js';
import type { ReportContent } from './html/report.js';
import type { SiteReportContent } from './html/site-report.js';
import { siteFiles, siteReportContent } from './site-files.js';
import { siteRunDocument, siteValidateDocument } from './site-document.js';
import type { SiteDocument } from './site-document.js';
import { siteRunText, siteValidateText } from './site-text.js';
import { reportContent, validationFiles, walkFiles } from './validation-files.js';

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

/** What `run` says. */
export function runAnswer(of: Summarized): RunAnswer {
  if (of.kind === 'site') {
    const { run, summary, judgement, pass } = of;
    const document = siteRunDocument(run, summary, judgement);
    return {
      ...{ pass, document, rows: horizonRows(document) },
      text: () => siteRunText(run, summary, document),
      files: (host) => siteFiles({ run, summary, document }, host),
    };
  }
  const { run, summary, pass } = of;
  const document = runDocument(run, summary);
  return {
    ...{ pass, document, rows: horizonRows(document) },
    text: () => runText(run, document),
    files: (host) => walkFiles(run, document, host),
  };
}

/** What `validate` says. */
export function validationAnswer(of: Validated): ValidationAnswer {
  switch (of.kind) {
    case 'walk': {
      const { run, summary, judgement, judged, pass } = of;
      const document = validateDocument(run, summary, judgement, judged);
      const validation = { ...of, document };
      return {
        ...{ pass, document, rows: horizonRows(document) },
        text: () => validateText(run, document),
        files: (host) => validationFiles(validation, host),
        content: () => ({ kind: 'walk', ...reportContent(validation) }),
      };
    }
    case 'distributed': {
      const { run, summary, companion, proof, counted, pass } = of;
      const lumped = validateDocument(companion.run, companion.summary, companion.judgement, companion.judged);
      const document = distributedDocument(run, summary, lumped, proof);
      const validation = { ...companion, document: lumped, distributed: { run, document, counted } };
      return {
        ...{ pass, document, rows: horizonRows(document) },
        text: () => distributedText(run, document),
        files: (host) => validationFiles(validation, host),
        content: () => ({ kind: 'walk', ...reportContent(validation) }),
      };
    }
    case 'site': {
      const { run, summary, reference, judgement, pass } = of;
      const document = siteValidateDocument(run, summary, reference, judgement);
      return {
        ...{ pass, document, rows: horizonRows(document) },
        text: () => siteValidateText(run, summary, document),
        files: (host) => siteFiles({ run, summary, document, reference }, host),
        content: () => ({ kind: 'site', ...siteReportContent({ run, summary, document, reference }) }),
      };
    }
  }
}
