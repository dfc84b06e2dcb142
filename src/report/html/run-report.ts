/**
 * report.html of `run`, in the manner of report.ts: what was run and what came of it with intervals. It asks no theory,
 * so nothing in it is judged.
 */
import type { Summary } from '../../stats/summary.js';
import type { ChartSetting } from '../charts/chart.js';
import { survivalChart } from '../charts/distribution.js';
import type { SurvivalData } from '../charts/distribution.js';
import { serverDocument } from '../charts/server-document.js';
import type { RunDocument } from '../documents.js';
import { formatCount, formatDuration, formatNumber, formatQuantity, scaleFor } from '../table.js';
import { standalonePage } from './frame.js';
import { html } from './markup.js';
import type { Markup } from './markup.js';
import { adapterWords } from '../adapter-words.js';
import { factEntries, figure, provenance } from './parts.js';
import { number, table } from './tables.js';
import { horizonWords } from './words.js';

/** What a report of a run shows. */
export interface RunReportContent {
  readonly document: RunDocument;
  readonly summary: Summary;
  /** The simulated tail at each horizon, in the same order. */
  readonly tails: readonly SurvivalData[];
  /** Hash of what can be repeated (manifest.json, `hashed.sha256`). */
  readonly manifestSha256: string;
}

/** The page as text. */
export function runReportHtml({ document, summary, tails, manifestSha256 }: RunReportContent): string {
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
    ${meansTable(document, summary)} ${quantileTable(document)}
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

function meansTable({ horizons, scenario }: RunDocument, summary: Summary): Markup {
  const { unit, factor } = scaleFor(
    horizons.map((h) => h.meanDeficit),
    'J',
  );
  return table(
    'Mean deficit',
    ['slots', 'time', `E[D] ${unit}`, '95 % interval', `SD ${unit}`, 'P(D = 0)'].map((header) => ({ header })),
    horizons.map((h, i) => {
      const { lower, upper } = summary.horizons[i].meanInterval;
      const at = `/horizons/${i}`;
      return {
        cells: [
          formatCount(h.slots),
          formatDuration(h.slots * scenario.slotSeconds),
          number(h.meanDeficit, `${at}/meanDeficit`, formatNumber(h.meanDeficit / factor, 5)),
          `${formatNumber(lower / factor, 5)} … ${formatNumber(upper / factor, 5)}`,
          number(h.standardDeviation, `${at}/standardDeviation`, formatNumber(h.standardDeviation / factor, 5)),
          number(h.probabilityZero, `${at}/probabilityZero`, h.probabilityZero.toFixed(5)),
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
        ...names.map((p) =>
          number(h.quantiles[p], `/horizons/${i}/quantiles/${p}`, formatNumber(h.quantiles[p] / factor, 5)),
        ),
      ],
    })),
  );
}
