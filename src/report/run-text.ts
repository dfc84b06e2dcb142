/** `run` and `validate` for a terminal. */
import type { MissingPart } from '../theory/deficit-law.js';
import type { SamplingError } from '../law/sampling-error.js';
import type { FinishedRun } from '../study/finished.js';
import { drift, volatility } from '../fleet/walk-law.js';
import type { Summary } from '../stats/summary.js';
import type { Judgement, Verdict, VerdictName } from '../stats/verdict.js';
import { trialsToTellApart } from '../stats/distance.js';
import { coarseSentences } from './coarse.js';
import {
  formatEstimate,
  formatLike,
  formatPlusMinus,
  shownDeviation,
  shownMean,
  shownQuantile,
  shownZero,
  withError,
} from './estimate.js';
import { notesText, slotsNote } from './notes.js';
import type { JudgedHorizon } from '../study/theory.js';
import type { HorizonTheory } from '../study/theory.js';
import { formatCount, formatDuration, formatNumber, formatP, formatQuantity, formatTable, scaleFor } from './table.js';
import type { Scaled } from './table.js';

/** A bound on an error, in one digit; what is below rounding is called 1e-15. */
function atMost(error: number): string {
  return Math.max(Math.abs(error), 1e-15).toExponential(0);
}

/** How far the sampled law of a slot is from the true one. */
export function samplingText({ mean, variance, kolmogorov }: SamplingError): string {
  return (
    `sampling mean within ${atMost(mean)} σ, variance within ${atMost(variance)}, ` +
    `Kolmogorov distance ${kolmogorov.toExponential(1)} of the true law`
  );
}

/** What ran where: the first lines of both reports. */
export function headingText({ scenario, walk, law, partials, seed }: FinishedRun): string {
  const last = partials.horizons[partials.horizons.length - 1];
  const mu = drift(walk);
  const sigma = volatility(walk);
  // A critical drift is zero but for rounding.
  const shown = Math.abs(mu) < 1e-12 * sigma ? 'critical (0 J)' : formatQuantity(mu, 'J');
  return [
    `${scenario.name}: ${formatCount(last.count)} paths of ${formatCount(last.slots)} slots, seed ${JSON.stringify(seed)}`,
    `walk     drift ${shown} a slot, volatility ${formatQuantity(sigma, 'J')}, quantum ${formatQuantity(law.quantumJoules, 'J', 3)}`,
    samplingText(law.samplingError),
    '',
  ].join('\n');
}

/** Backend, adapter and speed: the last line of both reports. */
export function speedText({
  backend,
  adapter,
  elapsedSeconds,
  pathSlotsPerSecond,
}: Pick<FinishedRun, 'backend' | 'adapter' | 'elapsedSeconds' | 'pathSlotsPerSecond'>): string {
  const on =
    'threads' in adapter
      ? `${adapter.threads} thread${adapter.threads === 1 ? '' : 's'}`
      : `${adapter.description || adapter.device || adapter.vendor}${adapter.isSoftware ? ' (software)' : ''}`;
  return `${backend} on ${on}: ${pathSlotsPerSecond.toExponential(2)} path-slots/s, ${formatDuration(elapsedSeconds)}\n`;
}

function energyScale(summary: Summary): Scaled {
  return scaleFor(
    summary.horizons.map((h) => h.meanDeficit),
    'J',
  );
}

/** The table of `run`. */
export function runText(simulation: FinishedRun, summary: Summary): string {
  const { unit, factor } = energyScale(summary);
  const table = formatTable(
    [
      { header: 'slots' },
      { header: `E[D] ${unit}, 95 %` },
      { header: `SD ${unit}` },
      { header: 'P(D = 0)' },
      ...summary.horizons[0].quantiles.map((q) => ({ header: `q${q.probability}` })),
    ],
    summary.horizons.map((h) => [
      String(h.slots),
      formatPlusMinus(shownMean(h), factor),
      formatEstimate(shownDeviation(h), factor),
      formatEstimate(shownZero(h)),
      ...h.quantiles.map((q) => formatEstimate(shownQuantile(q), factor)),
    ]),
    notesText(
      slotsNote(simulation.scenario.slotSeconds),
      `E[D]: mean auxiliary energy needed; SD: its standard deviation; ` +
        `q0.9: nine paths in ten need no more, ${unit}; ` +
        'each number ends where its 95 % interval has two digits',
    ),
  );
  return `${headingText(simulation)}\n${table}\n${speedText(simulation)}`;
}

const NAMES: Record<VerdictName, string> = {
  mean: 'mean',
  standardDeviation: 'SD',
  probabilityZero: 'P(D=0)',
  chiSquare: 'χ²',
  kolmogorov: 'KS',
};

function verdictText(verdict: Verdict): string {
  return `${verdict.pass ? 'p' : 'FAIL'} ${formatP(verdict.pValue)}`;
}

/** The tables of `validate`: estimates beside the three rungs, the verdicts, the distance from the diffusion limit. */
export function validateText(
  simulation: FinishedRun,
  summary: Summary,
  judgement: Judgement,
  judged: readonly JudgedHorizon[],
): string {
  const { unit, factor } = energyScale(summary);
  const estimates = formatTable(
    [
      { header: 'slots' },
      { header: `E[D] ${unit}, 95 %` },
      { header: 'exact', isJoined: true },
      { header: 'corrected', isJoined: true },
      { header: 'Brownian', isJoined: true },
      { header: 'P(D=0)' },
      { header: 'exact', isJoined: true },
      { header: 'sup|F−B|' },
      { header: 'theory', isJoined: true },
    ],
    summary.horizons.map((h, i) => {
      const { theory, brownianDistance } = judged[i];
      const mean = formatLike(shownMean(h), factor);
      const zero = formatLike(shownZero(h));
      // What the paths lie off the Brownian law is known as well as their distribution function is.
      const distance = formatLike(withError(brownianDistance.seen, brownianDistance.criticalValue));
      return [
        String(h.slots),
        formatPlusMinus(shownMean(h), factor),
        mean(theory.exact.mean),
        mean(theory.corrected.mean),
        mean(theory.brownian.mean),
        zero(h.probabilityZero),
        zero(theory.exact.probabilityZero),
        distance(brownianDistance.seen),
        distance(brownianDistance.expected),
      ];
    }),
    notesText(
      slotsNote(simulation.scenario.slotSeconds),
      'E[D]: mean auxiliary energy needed; exact: of the discrete walk; corrected, Brownian: of its diffusions; ' +
        'sup|F−B|: largest distance of the paths’ distribution from the Brownian one; theory: as the exact law has it',
    ),
  );
  // A horizon whose law is missing has fewer tests, or none.
  const names = judgement.horizons
    .reduce((most, h) => (h.verdicts.length > most.length ? h.verdicts : most), judgement.horizons[0].verdicts)
    .map((v) => v.name);
  const verdicts = formatTable(
    [
      { header: 'slots' },
      ...names.map((name) => ({ header: NAMES[name], align: 'left' as const })),
      { header: 'verdict', align: 'left' },
    ],
    judgement.horizons.map((h) => [
      String(h.slots),
      ...names.map((name) => {
        const own = h.verdicts.find((v) => v.name === name);
        return own === undefined ? '—' : verdictText(own);
      }),
      h.verdicts.length === 0 ? 'not judged' : h.verdicts.every((v) => v.pass) ? 'pass' : 'FAIL',
    ]),
    'p: the chance that a right engine lies as far from the exact law',
  );
  const outcome = judgement.pass
    ? `PASS: all ${judgement.tests} tests against the exact law of the sampled walk, family-wise α ${judgement.familyAlpha}`
    : `FAIL: of ${judgement.tests} tests against the exact law of the sampled walk, family-wise α ${judgement.familyAlpha}`;
  const missing = judged.flatMap(({ theory }) => missingText(theory)).join('');
  const coarse = coarseSentences(judgement.horizons, ({ name }) => NAMES[name]).map((line) => `${line}\n`);
  const words = `${missing}${coarse.join('')}${outcome}\n${limitText(summary, judged)}\n${speedText(simulation)}`;
  return `${headingText(simulation)}\n${estimates}\n${verdicts}\n${words}`;
}

/** What is missing of a horizon's exact law, and why. */
export function missingText({ slots, exact }: HorizonTheory): string[] {
  return exact.missing === undefined ? [] : [missingLine(slots, exact.missing)];
}

export function missingLine(slots: number, { what, reason }: MissingPart): string {
  return `At ${slots} slots the ${what === 'law' ? 'exact law' : 'distribution of the exact law'} is missing: ${reason}.\n`;
}

/** What the run says of the diffusion limit at its last horizon, apart from the verdicts on the engine. */
function limitText(summary: Summary, judged: readonly JudgedHorizon[]): string {
  const { slots, trials } = summary.horizons[summary.horizons.length - 1];
  const { expected, seen, pValue, criticalValue } = judged[judged.length - 1].brownianDistance;
  const distance = `${formatNumber(seen, 2)} from it, where chance allows ${formatNumber(criticalValue, 2)}`;
  if (pValue >= 0.05) {
    return `The Brownian law at ${slots} slots is not rejected by ${formatCount(trials)} paths: they lie ${distance}.\n`;
  }
  return (
    `The Brownian law at ${slots} slots is rejected: the paths lie ${distance}. ` +
    `That is the diffusion limit's own error (${formatNumber(expected, 2)} by theory), ` +
    `which a right simulator shows from about ${formatCount(trialsToTellApart(expected))} paths on; it is no failure of the engine.\n`
  );
}
