/**
 * `tail` as a JSON document and as text: rare deficits by importance sampling beside the three laws. Interprets
 * nothing.
 */
import { drift, volatility } from '../fleet/walk-law.js';
import type { FinishedTail } from '../study/tail.js';
import { adapterWords } from './adapter-words.js';
import { curveLabel } from './charts/theme.js';
import { documentHead, slotLaw } from './document-parts.js';
import { formatLike, formatRange } from './estimate.js';
import { notesText, slotWords } from './notes.js';
import { formatCount, formatNumber } from '../numeric/format.js';
import { linesText } from './run-text.js';
import { column, joined, tableOf, tableText } from './table-model.js';
import type { Table } from './table-model.js';
import { formatDuration, formatQuantity } from './table.js';

/** The document of `tail --json`. Joules; probabilities as numbers. */
export function tailDocument(report: FinishedTail) {
  const { scenario, walk, seed, slots, backend, adjustmentCoefficient, rows } = report;
  return {
    ...documentHead({ scenario, seed, backend: backend.name, adapter: backend.adapter }),
    law: slotLaw(walk),
    slots,
    adjustmentCoefficient,
    tails: rows.map(({ deficitJoules, simulated, theory }) => ({
      deficitJoules,
      trials: simulated.trials,
      hits: simulated.hits,
      probability: simulated.probability,
      relativeStandardError: simulated.relativeStandardError,
      interval: simulated.interval,
      effectiveSampleSize: simulated.effectiveSampleSize,
      largestWeight: simulated.largestWeight,
      trusted: simulated.diagnosis === undefined,
      diagnosis: simulated.diagnosis ?? null,
      theta: simulated.theta,
      logTransform: simulated.logTransform,
      meanPassageSlot: simulated.meanPassageSlot,
      quantumJoules: simulated.quantumJoules,
      samplingBias: simulated.samplingBias,
      ...theory,
      passagesSha256: simulated.passagesSha256,
      elapsedSeconds: simulated.elapsedSeconds,
    })),
  };
}

const percent = (x: number): string => (Number.isFinite(x) ? `${formatNumber(100 * x, 2)} %` : '—');

/** Estimates beside the three laws. */
function tailsTable({ scenario, adjustmentCoefficient: r, rows }: FinishedTail): Table {
  const shown = rows.map((row) => {
    const estimate = { value: row.simulated.probability, ...row.simulated.interval };
    return { ...row, estimate, format: formatLike(estimate) };
  });
  return tableOf(shown, {
    caption: 'P(D > d), simulated and by theory',
    columns: [
      column('d', ({ deficitJoules }) => formatQuantity(deficitJoules, 'J')),
      column('P(D > d)', ({ format, estimate }) => format(estimate.value)),
      joined('95 % interval', ({ estimate }) => formatRange(estimate)),
      (['exact', 'corrected', 'brownian'] as const).map((law) =>
        column(curveLabel(law), ({ theory, format }) => format(theory[law] ?? NaN)),
      ),
      column('std. error', ({ simulated }) => percent(simulated.relativeStandardError)),
      column('worth paths', ({ simulated }) => formatCount(simulated.effectiveSampleSize)),
      column('largest', ({ simulated }) => percent(simulated.largestWeight)),
      column('tilt θ/r', ({ simulated }) => formatNumber(simulated.theta / r, 4)),
    ],
    note: notesText(
      `slots: of ${slotWords(scenario.slotSeconds)} each`,
      'D: auxiliary energy up to T; exact, corrected, Brownian: the same by theory; std. error: relative; ' +
        'worth paths: as many as equal weights would give the same error; largest: share of the heaviest path; ' +
        'θ/r: by how much increments are tilted',
    ),
  });
}

/** The table of `tail`, with a line for every estimate that is not to be trusted. */
export function tailText(report: FinishedTail): string {
  const { scenario, walk, seed, slots, backend, adjustmentCoefficient: r, rows } = report;
  const seconds = rows.reduce((sum, row) => sum + row.simulated.elapsedSeconds, 0);
  const charge = scenario.battery.initialJoules;
  const heading = [
    `${scenario.name}: deficits within ${formatCount(slots)} slots, ` +
      `${formatCount(rows[0].simulated.trials)} paths each, seed ${JSON.stringify(seed)}`,
    `walk     drift ${formatQuantity(drift(walk), 'J')} a slot, volatility ${formatQuantity(volatility(walk), 'J')}`,
    `decay    one e-fold a ${formatQuantity(1 / r, 'J')} (Cramér–Lundberg r = ${r.toExponential(4)} per J)`,
    ...(charge > 0 ? [`battery  starts with ${formatQuantity(charge, 'J')}: d is what is needed beyond it`] : []),
  ];
  const warnings = rows.flatMap(({ deficitJoules, simulated: { diagnosis } }) =>
    diagnosis === undefined ? [] : [`not to be trusted: d = ${formatQuantity(deficitJoules, 'J')}: ${diagnosis}`],
  );
  const speed = `${backend.name} on ${adapterWords(backend.adapter)}: ${formatDuration(seconds)}`;
  return `${linesText(heading)}\n${tableText(tailsTable(report))}\n${linesText([...warnings, speed])}`;
}
