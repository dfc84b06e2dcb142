/**
 * report.html: one file that needs no network, no script and no font, for a browser, for paper and for a phone. Takes
 * the results and the curves as data; loaded only where a report is wanted, for it brings the chart library with it.
 */
import { meanChart, meanErrorChart } from '../charts/mean.js';
import type { MeanPoint } from '../charts/mean.js';
import { cdfChart, survivalChart } from '../charts/distribution.js';
import { limitErrorChart, residualChart } from '../charts/residuals.js';
import type { ChartSetting } from '../charts/chart.js';
import { serverDocument } from '../charts/server-document.js';
import type { HorizonCurves } from '../curves.js';
import type { DistributedDocument } from '../distributed.js';
import type { ValidateDocument } from '../documents.js';
import { formatCount } from '../../numeric/format.js';
import type { FileRead } from '../../scenario/trace/inspect.js';
import { formatQuantity } from '../table.js';
import { distributedWords } from './distributed-words.js';
import { figureSection } from './figures-page.js';
import type { DrawnFigure } from './figures-page.js';
import { standalonePage } from './frame.js';
import { html } from './markup.js';
import type { Markup } from './markup.js';
import { facts, filesRead, figure, provenance, shorterHorizons } from './parts.js';
import { estimatesTable, limitTable, shapeTable, walkTestsTable } from '../walk-tables.js';
import { horizonWords, scientific } from '../words.js';
import { tableHtml } from './table.js';
import { limitWords, verdictWords } from './words.js';

/** What a report shows. */
export interface ReportContent {
  readonly document: ValidateDocument;
  /** One for each horizon, in the same order. */
  readonly curves: readonly HorizonCurves[];
  /** E[D_T] at each horizon. */
  readonly means: readonly MeanPoint[];
  /** Hash of what can be repeated (manifest.json, `hashed.sha256`). */
  readonly manifestSha256: string;
  /** Where energy is burned over the service: the run; all else is then of its lumped companion. */
  readonly distributed?: DistributedDocument;
  /** The paper's figures that this run can show. */
  readonly figures?: readonly DrawnFigure[];
  /** What was read of files of measured values; left out, nothing. */
  readonly read?: readonly FileRead[];
}

/** The page as text. */
export function reportHtml(content: ReportContent): string {
  const { document, curves, means, manifestSha256, distributed, figures = [], read } = content;
  const { pass } = distributed ?? document;
  const setting: ChartSetting = { document: serverDocument() };
  const { scenario, horizons } = document;
  const last = curves[curves.length - 1];
  const lumped = distributed === undefined ? '' : 'Lumped: ';
  const within = distributed === undefined ? '' : '/lumped';
  const body = html`
    <h1>${scenario.name}</h1>
    ${facts(document)}${filesRead(read)} ${distributed !== undefined && distributedWords(distributed)}
    ${verdictWords(document, distributed !== undefined)} ${limitWords(document)}

    <h2>${distributed === undefined ? 'Estimates' : 'Estimates of the lumped walk'}</h2>
    ${tableHtml(estimatesTable(document, within))}
    <div class="charts">
      ${figure(
        'Mean deficit against the horizon',
        'Auxiliary energy that is needed on average, by length of time.',
        meanChart(means, setting),
      )}
      ${figure(
        'The same, relative to the exact mean',
        'Bars are 95 % intervals. The scale is linear near 0, then logarithmic.',
        meanErrorChart(means, setting),
      )}
    </div>
    ${tableHtml(shapeTable(document, within))}

    <h2>${lumped}Distribution at the last horizon: ${horizonWords(last.slots, scenario.slotSeconds)}</h2>
    ${horizonCharts(last, setting)} ${bandNote(last)}
    ${shorterHorizons(horizons, scenario.slotSeconds, (i) => horizonCharts(curves[i], setting))}

    <h2>${lumped}Verdicts</h2>
    ${tableHtml(walkTestsTable(document))}
    <p class="note">
      The statistic is in standard deviations for mean, standard deviation and P(D = 0), X² for χ², and √n·sup for
      Kolmogorov. A test fails where its p-value is not above its α.
    </p>

    <h2 id="limit">How far the approximations are from the exact law</h2>
    ${tableHtml(limitTable(document, curves, within))}
    <p class="note">
      The largest difference between two distribution functions, over all deficits and over those beyond 10σ
      (${formatQuantity(10 * document.law.volatilityJoules, 'J')}), past the layer near D = 0 where no diffusion holds.
      “Trials that reject” is from where on a Kolmogorov–Smirnov test at 5 % tells the Brownian law from the exact one.
      It is no failure of the engine.
    </p>
    ${figures.map(figureSection)}
    ${footer({ ...document, partialsSha256: (distributed ?? document).partialsSha256 }, manifestSha256)}
  `;
  if (horizons.length !== curves.length) throw new RangeError('one set of curves for each horizon was expected');
  return standalonePage(`${scenario.name}: ${pass ? 'PASS' : 'FAIL'}`, body);
}

function horizonCharts(curves: HorizonCurves, setting: ChartSetting): Markup {
  return html`<div class="charts">
    ${figure('Distribution', 'Probability that the deficit is at most d.', cdfChart(curves, setting))}
    ${figure('Tail', 'Probability that the deficit exceeds d, logarithmic.', survivalChart(curves, setting))}
    ${figure(
      'Simulated less exact',
      curves.residualSup <= curves.band
        ? 'The curve stays within the band, as chance alone would have it.'
        : 'The curve leaves the band: chance alone does that at most one time in twenty.',
      residualChart(curves, setting),
    )}
    ${figure(
      'The approximations less exact',
      'The band of the chart beside it, for scale.',
      limitErrorChart(curves, setting),
    )}
  </div>`;
}

function bandNote({ band, confidence, trials }: HorizonCurves): Markup {
  return html`<p class="note">
    The band is that of Dvoretzky, Kiefer and Wolfowitz with Massart’s constant, ±√(ln(2/α)/(2n)) =
    ±${band.toPrecision(2)} for n = ${formatCount(trials)}: with probability at least ${Math.round(100 * confidence)} %
    the whole simulated curve lies within it of the true one, all deficits at once and whatever the law.
  </p>`;
}

function footer(document: ValidateDocument, manifestSha256: string): Markup {
  const { law } = document;
  return html`<footer>
    <p>
      <strong>Curves.</strong> <em>Exact</em>: the law of the discrete walk itself. <em>Corrected</em>: the Brownian law
      with this walk’s overshoot and skewness. <em>Brownian</em>: the diffusion limit, the paper’s closed form.
      <em>Simulated</em>: the paths of this run. The walk is sampled on a lattice of
      ${formatQuantity(law.quantumJoules, 'J', 3)}; one slot’s sampled law is within
      ${scientific(law.samplingError.kolmogorov)} of the scenario’s own (Kolmogorov distance), and its mean within
      ${meanWords(law.samplingError.mean)}.
    </p>
    ${provenance(document, manifestSha256)}
  </footer>`;
}

/** How far the sampled mean is off, in σ. */
function meanWords(error: number): string {
  return Math.abs(error) < 1e-15 ? 'rounding of it' : `${scientific(Math.abs(error))} σ`;
}
