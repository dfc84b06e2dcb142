/**
 * report.html of `run`, in the manner of report.ts: what was run and what came of it with intervals. It asks no theory,
 * so nothing in it is judged.
 */
import type { ChartSetting } from '../charts/chart.js';
import { survivalChart } from '../charts/distribution.js';
import type { SurvivalData } from '../charts/distribution.js';
import { serverDocument } from '../charts/server-document.js';
import type { RunDocument } from '../documents.js';
import { formatEstimate, formatLike } from '../estimate.js';
import { formatCount, formatDuration, formatQuantity, scaleFor } from '../table.js';
import { standalonePage } from './frame.js';
import { html } from './markup.js';
import type { Markup } from './markup.js';
import { adapterWords } from '../adapter-words.js';
import { factEntries, figure, provenance } from './parts.js';
import { number, rangeOf, table } from './tables.js';
import { horizonWords, spanWords } from './words.js';

/** What a report of a run shows. */
export interface RunReportContent {
  readonly document: RunDocument;
  /** The simulated tail at each horizon, in the same order. */
  readonly tails: readonly SurvivalData[];
  /** Hash of what can be repeated (manifest.json, `hashed.sha256`). */
  readonly manifestSha256: string;
}

/** The page as text. */
export function runReportHtml({ document, tails, manifestSha256 }: RunReportContent): string {
  const { scenario, horizons, law } = document;
  const setting: ChartSetting = { document: serverDocument() };
  const last = horizons.length - 1;
  const tail = (i: number): Markup =>
    figure(
      `Tail after ${horizonWords(horizons[i].slots, scenario.slotSeconds)}`,
      'Probability that the deficit exceeds d, logarithmic.',
      survivalChart(tails[i], setting),
    );
  const body = html`
    <h1>${scenario.name}</h1>
    <dl class="facts">${factEntries(facts(document))}</dl>
    <p>What was simulated; nothing is judged here. <code>validate</code> holds a run against its exact law.</p>

    <h2>Estimates</h2>
    ${meansTable(document)} ${quantileTable(document)}
    <div class="charts">${tail(last)}</div>
    ${last > 0 && html`<h3>Shorter horizons</h3>`}
    ${horizons
      .slice(0, -1)
      .map(
        ({ slots }, i) =>
          html`<details>
            <summary>${horizonWords(slots, scenario.slotSeconds)}</summary>
            <div class="charts">${tail(i)}</div>
          </details>`,
      )
      .reverse()}
    <footer>
      <p>
        The walk is sampled on a lattice of ${formatQuantity(law.quantumJoules, 'J', 3)}. Intervals of means are normal,
        those of tails are of Clopper and Pearson; each holds for itself.
      </p>
      ${provenance(document, manifestSha256)}
    </footer>
  `;
  return standalonePage(scenario.name, body);
}

function facts({ scenario, seed, engine, horizons, law }: RunDocument): [string, string][] {
  const last = horizons[horizons.length - 1];
  return [
    ['paths', formatCount(last.trials)],
    ['slots', `${formatCount(last.slots)} of ${formatDuration(scenario.slotSeconds)}`],
    ['seed', seed],
    ['volatility σ', formatQuantity(law.volatilityJoules, 'J')],
    ['backend', `${engine.backend} on ${adapterWords(engine.adapter)}`],
    ['engine', `batterywalk ${engine.version}`],
  ];
}

function meansTable({ horizons, scenario }: RunDocument): Markup {
  const { unit, factor } = scaleFor(
    horizons.map((h) => h.meanDeficit),
    'J',
  );
  return table(
    'Mean deficit',
    ['slots', 'time', `E[D] ${unit}`, `95 % interval, ${unit}`, `SD ${unit}`, 'P(D = 0)'].map((header) => ({ header })),
    horizons.map((h, i) => {
      const at = `/horizons/${i}`;
      const mean = { value: h.meanDeficit, ...h.meanInterval };
      const deviation = { value: h.standardDeviation, ...h.standardDeviationInterval };
      const zero = { value: h.probabilityZero, ...h.probabilityZeroInterval };
      return {
        cells: [
          formatCount(h.slots),
          spanWords(h.slots * scenario.slotSeconds),
          number(h.meanDeficit, `${at}/meanDeficit`, formatEstimate(mean, factor)),
          rangeOf(mean, `${at}/meanInterval`, formatLike(mean, factor)),
          number(h.standardDeviation, `${at}/standardDeviation`, formatEstimate(deviation, factor)),
          number(h.probabilityZero, `${at}/probabilityZero`, formatEstimate(zero)),
        ],
      };
    }),
  );
}

function quantileTable({ horizons }: RunDocument): Markup {
  const names = Object.keys(horizons[0].quantiles);
  const { unit, factor } = scaleFor(
    horizons.flatMap((h) => Object.values(h.quantiles)),
    'J',
  );
  return table(
    'Quantiles of the deficit',
    ['slots', ...names.map((p) => `q${p} ${unit}`)].map((header) => ({ header })),
    horizons.map((h, i) => ({
      cells: [
        formatCount(h.slots),
        ...names.map((p) => {
          const shown = { value: h.quantiles[p], ...h.quantileIntervals[p] };
          return number(shown.value, `/horizons/${i}/quantiles/${p}`, formatEstimate(shown, factor));
        }),
      ],
    })),
  );
}
