/** A site's `run` and `validate` for a terminal; `exact` is in site-exact-text.ts. */
import { largestOf } from '../numeric/extremes.js';
import { drift, volatility } from '../fleet/walk-law.js';
import { normalCritical } from '../numeric/normal.js';
import { exactAt, isKnown } from '../stats/site-reference.js';
import type { ExactSite, SiteReference } from '../stats/site-reference.js';
import type { MeanEstimate, SiteHorizon, SiteSummary } from '../stats/site-summary.js';
import type { SiteJudgement, SiteQuantity, SiteVerdict } from '../stats/site-verdict.js';
import type { HorizonSummary } from '../stats/summary.js';
import { coarseSentences } from './coarse.js';
import {
  formatEstimate,
  formatKnown,
  formatLike,
  formatPlusMinus,
  formatRange,
  formatWithInterval,
  shownMean,
  shownQuantile,
  shownZero,
  withError,
} from './estimate.js';
import { notesText, slotsNote } from './notes.js';
import { samplingText, speedText } from './run-text.js';
import { comparedQuantities, comparedScales } from './site-comparison.js';
import { exactDocument } from './site-document.js';
import type { FinishedSite } from '../study/finished.js';
import { VIOLATIONS, driftText, missingSentence } from './site-names.js';
import { shareInterval } from '../stats/site-summary.js';
import { formatCount, formatNumber, formatP, formatQuantity, formatTable, scaleFor } from './table.js';
import type { Scaled } from './table.js';

/** What was run: the first lines. */
export function siteHeadingText({ scenario, site, law, partials, job, seed }: FinishedSite): string {
  const { count } = partials.horizons[0];
  const { slots } = job.horizons[job.horizons.length - 1];
  const sigma = volatility(site.walk);
  const shown = driftText(drift(site.walk), sigma);
  const { capacityJoules } = site.battery;
  return [
    `${scenario.name}: ${formatCount(count)} paths of ${formatCount(slots)} slots, seed ${JSON.stringify(seed)}`,
    `site     drift ${shown} a slot, volatility ${formatQuantity(sigma, 'J')}, quantum ${formatQuantity(law.quantumJoules, 'J', 3)}`,
    samplingText(law.samplingError),
    `battery  ${capacityJoules === Infinity ? 'no capacity limit' : `capacity ${formatQuantity(capacityJoules, 'J')}`}, ` +
      `charge at the start ${formatQuantity(site.battery.initialJoules, 'J')}, policy ${site.policy.kind}`,
    '',
  ].join('\n');
}

/** The tables of `run`. */
export function siteRunText(run: FinishedSite, summary: SiteSummary, judgement: SiteJudgement): string {
  const estimates = estimatesText(summary, run.scenario.slotSeconds);
  return `${siteHeadingText(run)}\n${estimates}\n${brokenText(judgement)}${speedText(run)}`;
}

/** The tables of `validate`: estimates, then each beside its exact value, then the verdicts. */
export function siteValidateText(
  run: FinishedSite,
  summary: SiteSummary,
  reference: SiteReference,
  judgement: SiteJudgement,
): string {
  const judged =
    reference.kind === 'exact'
      ? `${comparisonText(summary, reference)}\n${verdictsText(judgement)}` +
        missingText(reference) +
        coarseText(judgement)
      : noLawText(reference, summary);
  const estimates = estimatesText(summary, run.scenario.slotSeconds);
  const outcome = `${brokenText(judgement)}${outcomeText(reference, judgement)}`;
  return `${siteHeadingText(run)}\n${estimates}\n${judged}\n${outcome}\n${speedText(run)}`;
}

/** Tests that have lost their power to theory's own error. */
function coarseText({ horizons }: SiteJudgement): string {
  return coarseSentences(horizons, ({ quantity, name }) => `${QUANTITIES[quantity]} ${TESTS[name]}`)
    .map((line) => `${line}\n`)
    .join('');
}

function outcomeText({ kind }: SiteReference, { pass, tests, familyAlpha, horizons }: SiteJudgement): string {
  const broken = horizons.some((h) => h.violations.length > 0);
  const rules = broken ? 'rules of a path were broken' : 'no path broke a rule';
  if (kind === 'none') return `${pass ? 'PASS' : 'FAIL'}: ${rules}; nothing else was judged`;
  const of = `${tests} tests against the exact law of the battery’s chain, family-wise α ${familyAlpha}`;
  const failed = horizons.flatMap((h) => h.verdicts).filter((verdict) => !verdict.pass).length;
  return pass ? `PASS: all ${of}; ${rules}` : `FAIL: ${failed} of ${of}; ${rules}`;
}

/** The unit of a column: that of its largest value, for what is nearly nothing would make the rest long. */
export function scaleOf(values: readonly number[], unit = 'J'): Scaled {
  return scaleFor([largestOf(values.map((value) => (Number.isFinite(value) ? Math.abs(value) : 0)))], unit);
}

function estimatesText({ horizons, confidence }: SiteSummary, slotSeconds: number): string {
  return `${batteryTable(horizons, confidence, slotSeconds)}\n${tasksTable(horizons, confidence)}`;
}

function batteryTable(horizons: readonly SiteHorizon[], confidence: number, slotSeconds: number): string {
  const energy = scaleOf(horizons.map((h) => h.auxiliary.meanDeficit));
  const surplus = scaleOf(horizons.map((h) => h.waste.meanDeficit));
  const level = scaleOf(horizons.map((h) => h.level.meanDeficit));
  const peak = scaleOf(
    horizons.map((h) => h.peakWatts.meanDeficit),
    'W',
  );
  const top = (h: HorizonSummary, { factor }: Scaled): string => {
    const own = h.quantiles.find((x) => x.probability === 0.99);
    return own === undefined ? '—' : formatEstimate(shownQuantile(own), factor);
  };
  const share = (p: number, h: SiteHorizon): string[] => {
    const shown = { value: p, ...shareInterval(p, h.trials, confidence) };
    return [formatEstimate(shown), formatRange(shown)];
  };
  const mean = (h: HorizonSummary, { factor }: Scaled): string => formatPlusMinus(shownMean(h), factor);
  return formatTable(
    [
      { header: 'slots' },
      { header: `E[A] ${energy.unit}` },
      { header: 'q0.99', isJoined: true },
      { header: 'P(A = 0)' },
      { header: '95 %', isJoined: true },
      { header: `peak ${peak.unit}` },
      { header: 'q0.99', isJoined: true },
      { header: `waste ${surplus.unit}` },
      { header: `level ${level.unit}` },
      { header: 'P(empty)' },
      { header: '95 %', isJoined: true },
      { header: 'P(full)' },
      { header: '95 %', isJoined: true },
    ],
    horizons.map((h) => [
      String(h.slots),
      mean(h.auxiliary, energy),
      top(h.auxiliary, energy),
      formatEstimate(shownZero(h.auxiliary)),
      formatRange(shownZero(h.auxiliary)),
      mean(h.peakWatts, peak),
      top(h.peakWatts, peak),
      mean(h.waste, surplus),
      mean(h.level, level),
      ...share(h.level.probabilityEmpty, h),
      ...(h.level.probabilityFull === null ? ['—', '—'] : share(h.level.probabilityFull, h)),
    ]),
    notesText(
      slotsNote(slotSeconds),
      'A: auxiliary energy up to T; peak: largest auxiliary power; waste: harvest that nothing could take; ' +
        'level: charge at T; means with their 95 % interval; q0.99: 99 paths in 100 have no more',
    ),
  );
}

function tasksTable(horizons: readonly SiteHorizon[], confidence: number): string {
  const z = normalCritical(1 - confidence);
  const joules = (value: number): string => formatQuantity(value, 'J');
  const mean = ({ mean: value, standardError }: MeanEstimate, factor = 1): string =>
    formatPlusMinus(withError(value, z * standardError), factor);
  const owed = scaleOf(horizons.map((h) => h.undoneEnergy.mean));
  return formatTable(
    [
      { header: 'slots' },
      { header: 'in deficit %' },
      { header: 'half fail by' },
      { header: 'tasks' },
      { header: 'energy a task' },
      { header: 'wait, slots' },
      { header: 'wait, s' },
      { header: 'overflowed %' },
      { header: 'undone' },
      { header: `owed ${owed.unit}` },
    ],
    horizons.map((h) => [
      String(h.slots),
      mean(h.deficitFraction, 0.01),
      String(h.firstPassage.quantiles.find((x) => x.probability === 0.5)?.slot ?? '—'),
      mean(h.dispatched),
      h.joulesPerTask === null ? '—' : joules(h.joulesPerTask),
      formatNumber(h.waitSlots ?? NaN),
      formatNumber(h.waitSeconds ?? NaN),
      formatNumber(100 * h.overflowedShare, 3),
      mean(h.undone),
      mean(h.undoneEnergy, owed.factor),
    ]),
    'in deficit: share of the slots that lack energy; half fail by: slot by which half the paths have lacked energy; ' +
      'tasks: dispatched by T; wait: of a dispatched task; overflowed: sent off at once by a full queue; ' +
      'undone, owed: tasks that still wait at T, and the least energy that they and tasks in service will take',
  );
}

const QUANTITIES: Record<SiteQuantity, string> = {
  auxiliary: 'A',
  waste: 'waste',
  deficitSlots: 'deficit',
  level: 'level',
};
const TESTS: Record<SiteVerdict['name'], string> = {
  mean: 'mean',
  standardDeviation: 'SD',
  probabilityZero: 'P(0)',
  probabilityFull: 'P(full)',
  chiSquare: 'χ²',
  kolmogorov: 'KS',
};

/** Simulated beside exact. */
function comparisonText({ horizons, confidence }: SiteSummary, reference: ExactSite): string {
  const compared = horizons.map((h) => {
    const exact = exactAt(reference, h.slots);
    return isKnown(exact) ? comparedQuantities(h, exactDocument(exact), confidence) : [];
  });
  const scales = comparedScales(compared.flat());
  const rows = horizons.flatMap((h, i) =>
    compared[i].map((quantity, k) => {
      const { name, simulated, exact: value, error } = quantity;
      const { unit, factor } = scales(quantity);
      return [
        k === 0 ? String(h.slots) : '',
        unit === '' ? name : `${name} ${unit}`,
        formatWithInterval(simulated, factor),
        formatKnown(value, error, factor),
        formatNumber(error / factor, 1),
      ];
    }),
  );
  return formatTable(
    [
      { header: 'slots' },
      { header: '', align: 'left', isKey: true },
      { header: 'simulated, 95 %' },
      { header: 'exact' },
      { header: 'its error' },
    ],
    rows,
    'exact: of the battery’s chain on the lattice; its error: how far theory says that it may be off itself; ' +
      '0 where that is more than the value',
  );
}

function verdictsText({ horizons }: SiteJudgement): string {
  const judged = horizons.filter(({ verdicts }) => verdicts.length > 0);
  const rows = judged.flatMap(({ slots, verdicts }) =>
    (Object.keys(QUANTITIES) as SiteQuantity[]).map((quantity, i) => {
      const own = verdicts.filter((verdict) => verdict.quantity === quantity);
      return [
        i === 0 ? String(slots) : '',
        QUANTITIES[quantity],
        own.every((verdict) => verdict.pass) ? 'pass' : 'FAIL',
        own.map(verdictText).join(', '),
      ];
    }),
  );
  return formatTable(
    [
      { header: 'slots' },
      { header: 'of', align: 'left' },
      { header: 'verdict', align: 'left' },
      { header: 'p-values', align: 'left' },
    ],
    rows,
    'p: the chance that a right engine lies as far from the exact law; deficit: the number of slots that lack energy',
  );
}

function verdictText({ name, pValue, pass }: SiteVerdict): string {
  return `${TESTS[name]} ${pass ? '' : 'FAIL '}${formatP(pValue)}`;
}

/** Violations, the worst news first; nothing where there are none. */
function brokenText({ horizons }: SiteJudgement): string {
  return horizons
    .flatMap(({ slots, violations }) =>
      violations.map(
        ({ name, paths }) =>
          `VIOLATED by ${slots} slots on ${formatCount(paths)} paths: ${VIOLATIONS[name]} (${name})\n`,
      ),
    )
    .join('');
}

/** Why there is no exact law, and the limit beside the simulation where there is one. */
export function noLawText(reference: Exclude<SiteReference, ExactSite>, summary?: SiteSummary): string {
  const why = `No exact law of this site: ${reference.reason}.\n`;
  const { asymptotic } = reference;
  if (asymptotic === undefined) return why;
  const { constants, horizons } = asymptotic;
  const simulated = summary?.horizons.map((h) => h.auxiliary);
  const { unit, factor } = scaleOf(horizons.map((law) => law.mean));
  const table = formatTable(
    [
      { header: 'slots' },
      { header: `limit’s E[A] ${unit}` },
      ...(simulated === undefined ? [] : [{ header: 'simulated, 95 %' }, { header: 'difference' }]),
    ],
    horizons.map((law, i) => {
      const seen = simulated?.[i];
      if (seen === undefined) return [String(law.slots), formatNumber(law.mean / factor, 5)];
      const off = 100 / seen.meanDeficit;
      const difference = withError(off * law.mean - 100, off * (seen.meanInterval.upper - seen.meanDeficit));
      return [
        String(law.slots),
        formatLike(shownMean(seen), factor)(law.mean),
        formatPlusMinus(shownMean(seen), factor),
        `${formatEstimate(difference)} %`,
      ];
    }),
    'limit: of the diffusion, which is right for long horizons only; difference: the limit less what was simulated',
  );
  return (
    `${why}Asymptotic, no verdict: the diffusion limit with drift ${driftText(constants.drift, constants.volatility)} and long-run volatility ` +
    `${formatQuantity(constants.volatility, 'J')} a slot; the mean swings by ${formatQuantity(constants.seasonal, 'J')} within a period, of which it knows nothing.\n\n${table}`
  );
}

/** What is missing of the horizons' exact laws, and why. */
export function missingText({ horizons, missing: without = [] }: ExactSite): string {
  return [...horizons, ...without]
    .map(({ slots, missing }) => (missing === undefined ? '' : `${missingSentence(slots, missing)}\n`))
    .join('');
}
