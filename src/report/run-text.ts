/** `run` and `validate` for a terminal. */
import type { SamplingError } from '../law/sampling-error.js';
import type { Simulation } from '../engine/simulate.js';
import { drift, volatility } from '../fleet/walk-law.js';
import type { HorizonSummary, Summary } from '../stats/summary.js';
import type { Judgement, Verdict, VerdictName } from '../stats/verdict.js';
import { trialsToTellApart } from '../stats/distance.js';
import { coarseSentences } from './coarse.js';
import type { JudgedHorizon } from './documents.js';
import type { HorizonTheory } from './rungs.js';
import {
  formatCount,
  formatDuration,
  formatFixed,
  formatNumber,
  formatP,
  formatQuantity,
  formatTable,
  scaleFor,
} from './table.js';
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
export function headingText({ scenario, walk, law, partials, seed }: Simulation): string {
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
}: Pick<Simulation, 'backend' | 'adapter' | 'elapsedSeconds' | 'pathSlotsPerSecond'>): string {
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

/** Digits after the point that show a standard error's second digit. */
function decimals(value: number, factor: number): number {
  if (!(value > 0)) return 3;
  return Math.min(9, Math.max(0, 1 - Math.floor(Math.log10(value / factor))));
}

function interval(h: HorizonSummary, { factor }: Scaled): string {
  const digits = decimals(h.standardError, factor);
  return `${formatFixed(h.meanDeficit / factor, digits)} ± ${formatFixed((h.meanInterval.upper - h.meanDeficit) / factor, digits)}`;
}

/** The table of `run`. */
export function runText(simulation: Simulation, summary: Summary): string {
  const scale = energyScale(summary);
  const number = (joules: number): string => formatNumber(joules / scale.factor);
  const table = formatTable(
    [
      { header: 'slots' },
      { header: `E[D] ${scale.unit}, 95 %` },
      { header: `SD ${scale.unit}` },
      { header: 'P(D = 0)' },
      ...summary.horizons[0].quantiles.map((q) => ({ header: `q${q.probability}` })),
    ],
    summary.horizons.map((h) => [
      String(h.slots),
      interval(h, scale),
      number(h.standardDeviation),
      formatNumber(h.probabilityZero),
      ...h.quantiles.map((q) => number(q.value)),
    ]),
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
  simulation: Simulation,
  summary: Summary,
  judgement: Judgement,
  judged: readonly JudgedHorizon[],
): string {
  const scale = energyScale(summary);
  const number = (joules: number, h: HorizonSummary): string =>
    formatFixed(joules / scale.factor, decimals(h.standardError, scale.factor));
  const estimates = formatTable(
    [
      { header: 'slots' },
      { header: `E[D] ${scale.unit}, 95 %` },
      { header: 'exact' },
      { header: 'corrected' },
      { header: 'Brownian' },
      { header: 'P(D=0)' },
      { header: 'exact' },
      { header: 'sup|F−Brownian|' },
      { header: 'expected' },
    ],
    summary.horizons.map((h, i) => {
      const { theory, brownianDistance } = judged[i];
      return [
        String(h.slots),
        interval(h, scale),
        number(theory.exact.mean, h),
        number(theory.corrected.mean, h),
        number(theory.brownian.mean, h),
        h.probabilityZero.toFixed(5),
        theory.exact.probabilityZero.toFixed(5),
        brownianDistance.seen.toFixed(5),
        brownianDistance.expected.toFixed(5),
      ];
    }),
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
  );
  const outcome = judgement.pass
    ? `PASS: all ${judgement.tests} tests against the exact law of the sampled walk, family-wise α ${judgement.familyAlpha}`
    : `FAIL: of ${judgement.tests} tests against the exact law of the sampled walk, family-wise α ${judgement.familyAlpha}`;
  const missing = judged.flatMap(({ theory }) => missingText(theory)).join('');
  const coarse = coarseSentences(judgement.horizons, (name) => NAMES[name]).map((line) => `${line}\n`);
  const words = `${missing}${coarse.join('')}${outcome}\n${limitText(summary, judged)}\n${speedText(simulation)}`;
  return `${headingText(simulation)}\n${estimates}\n${verdicts}\n${words}`;
}

/** What is missing of a horizon's exact law, and why. */
export function missingText({ slots, exact }: HorizonTheory): string[] {
  if (exact.missing === undefined) return [];
  const what = exact.missing.what === 'law' ? 'exact law' : 'distribution of the exact law';
  return [`At ${slots} slots the ${what} is missing: ${exact.missing.reason}.\n`];
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
    `The Brownian law at ${slots} slots is rejected: the paths lie ${distance}. That is the diffusion limit's own error (${formatNumber(expected, 2)} by theory),\n` +
    `which a right simulator shows from about ${formatCount(trialsToTellApart(expected))} paths on; it is no failure of the engine.\n`
  );
}
