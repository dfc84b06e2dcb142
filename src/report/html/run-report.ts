/**
 * report.html of `run`, in the manner of report.ts: what was run and what came of it with intervals. It asks no theory,
 * so nothing in it is judged.
 */
import type { FileRead } from '../../scenario/trace/inspect.js';
import type { ChartSetting } from '../charts/chart.js';
import { survivalChart } from '../charts/distribution.js';
import type { SurvivalData } from '../charts/distribution.js';
import { serverDocument } from '../charts/server-document.js';
import type { RunDocument } from '../documents.js';
import { formatQuantity } from '../table.js';
import { runTable } from '../walk-tables.js';
import { horizonWords } from '../words.js';
import { standalonePage } from './frame.js';
import { html } from './markup.js';
import type { Markup } from './markup.js';
import { facts, filesRead, figure, provenance, shorterHorizons } from './parts.js';
import { tableHtml } from './table.js';

/** What a report of a run shows. */
export interface RunReportContent {
  readonly document: RunDocument;
  /** The simulated tail at each horizon, in the same order. */
  readonly tails: readonly SurvivalData[];
  /** Hash of what can be repeated (manifest.json, `hashed.sha256`). */
  readonly manifestSha256: string;
  /** What was read of files of measured values; left out, nothing. */
  readonly read?: readonly FileRead[];
}

/** The page as text. */
export function runReportHtml({ document, tails, manifestSha256, read }: RunReportContent): string {
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
    ${facts(document)}${filesRead(read)}
    <p>What was simulated; nothing is judged here. <code>validate</code> holds a run against its exact law.</p>

    <h2>Estimates</h2>
    ${tableHtml(runTable(document))}
    <div class="charts">${tail(last)}</div>
    ${shorterHorizons(horizons, scenario.slotSeconds, (i) => html`<div class="charts">${tail(i)}</div>`)}
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
