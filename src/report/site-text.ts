/** A site's `run`, `validate` and `exact` for a terminal. */
import { drift, volatility } from '../fleet/walk-law.js';
import type { ExactSite, ExactSiteHorizon, SiteReference } from '../stats/site-reference.js';
import type { SiteHorizon, SiteSummary } from '../stats/site-summary.js';
import type { SiteJudgement, SiteQuantity, SiteVerdict } from '../stats/site-verdict.js';
import type { RestLaw } from '../theory/chain/rest-law.js';
import type { MissingPart } from '../theory/deficit-law.js';
import { QUANTILES } from './documents.js';
import { samplingText, speedText } from './run-text.js';
import { comparedQuantities } from './site-comparison.js';
import { exactDocument } from './site-document.js';
import type { FinishedSite } from './site-document.js';
import { VIOLATIONS, driftText } from './site-names.js';
import { formatCount, formatNumber, formatP, formatQuantity, formatTable, scaleFor } from './table.js';
import type { Scaled } from './table.js';

/** What was run: the first lines. */
function headingText({ scenario, site, law, partials, job, seed }: FinishedSite): string {
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
  return `${headingText(run)}\n${estimatesText(summary)}\n${brokenText(judgement)}${speedText(run)}`;
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
        reference.horizons.flatMap(missingText).join('')
      : noLawText(reference, summary);
  return `${headingText(run)}\n${estimatesText(summary)}\n${judged}\n${brokenText(judgement)}${outcomeText(reference, judgement)}\n${speedText(run)}`;
}

function outcomeText({ kind }: SiteReference, { pass, tests, familyAlpha, horizons }: SiteJudgement): string {
  const broken = horizons.some((h) => h.violations.length > 0);
  const rules = broken ? 'rules of a path were broken' : 'no path broke a rule';
  if (kind === 'none') return `${pass ? 'PASS' : 'FAIL'}: ${rules}; nothing else was judged`;
  const of = `${tests} tests against the exact law of the battery’s chain, family-wise α ${familyAlpha}`;
  const failed = horizons.flatMap((h) => h.verdicts).filter((verdict) => !verdict.pass).length;
  return pass ? `PASS: all ${of}; ${rules}` : `FAIL: ${failed} of ${of}; ${rules}`;
}

function scaleOf(values: readonly number[]): Scaled {
  return scaleFor(values, 'J');
}

function estimatesText({ horizons }: SiteSummary): string {
  const energy = scaleOf(horizons.map((h) => h.auxiliary.meanDeficit));
  const surplus = scaleOf(horizons.map((h) => h.waste.meanDeficit));
  const level = scaleOf(horizons.map((h) => h.level.meanDeficit));
  const peak = scaleFor(
    horizons.map((h) => h.peakWatts.meanDeficit),
    'W',
  );
  const q = (h: SiteHorizon['auxiliary'], p: number, { factor }: Scaled): string =>
    formatNumber((h.quantiles.find((x) => x.probability === p)?.value ?? NaN) / factor);
  const battery = formatTable(
    [
      { header: 'slots' },
      { header: `E[A] ${energy.unit}, 95 %` },
      { header: 'P(A = 0)' },
      { header: 'q0.99' },
      { header: `peak ${peak.unit}` },
      { header: 'q0.99' },
      { header: `waste ${surplus.unit}` },
      { header: `level ${level.unit}` },
      { header: 'P(empty)' },
      { header: 'P(full)' },
    ],
    horizons.map((h) => [
      String(h.slots),
      withInterval(h.auxiliary, energy),
      formatNumber(h.auxiliary.probabilityZero),
      q(h.auxiliary, 0.99, energy),
      formatNumber(h.peakWatts.meanDeficit / peak.factor),
      q(h.peakWatts, 0.99, peak),
      formatNumber(h.waste.meanDeficit / surplus.factor),
      formatNumber(h.level.meanDeficit / level.factor),
      formatNumber(h.level.probabilityEmpty),
      h.level.probabilityFull === null ? '—' : formatNumber(h.level.probabilityFull),
    ]),
  );
  const tasks = formatTable(
    [
      { header: 'slots' },
      { header: 'slots in deficit' },
      { header: 'half have failed by' },
      { header: 'tasks' },
      { header: 'energy a task' },
      { header: 'wait, slots' },
      { header: 'wait, s' },
      { header: 'overflowed' },
      { header: 'undone' },
      { header: 'energy owed' },
    ],
    horizons.map((h) => [
      String(h.slots),
      `${formatNumber(100 * h.deficitFraction.mean, 3)} %`,
      String(h.firstPassage.quantiles.find((x) => x.probability === 0.5)?.slot ?? '—'),
      formatNumber(h.dispatched.mean),
      h.joulesPerTask === null ? '—' : formatQuantity(h.joulesPerTask, 'J'),
      formatNumber(h.waitSlots ?? NaN),
      formatNumber(h.waitSeconds ?? NaN),
      `${formatNumber(100 * h.overflowedShare, 3)} %`,
      formatNumber(h.undone.mean),
      formatQuantity(h.undoneEnergy.mean, 'J'),
    ]),
  );
  return `${battery}\n${tasks}`;
}

function withInterval(h: SiteHorizon['auxiliary'], { factor }: Scaled): string {
  return `${formatNumber(h.meanDeficit / factor, 5)} ± ${formatNumber((h.meanInterval.upper - h.meanDeficit) / factor, 2)}`;
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
function comparisonText({ horizons }: SiteSummary, { horizons: exact }: ExactSite): string {
  const rows = horizons.flatMap((h, i) =>
    comparedQuantities(h, exactDocument(exact[i])).map(({ name, unit, simulated, exact: value, error }, k) => [
      k === 0 ? String(h.slots) : '',
      unit === '' ? name : `${name} ${unit}`,
      formatNumber(simulated, 6),
      formatNumber(value, 6),
      formatNumber(error, 1),
    ]),
  );
  return formatTable(
    [
      { header: 'slots' },
      { header: '', align: 'left' },
      { header: 'simulated' },
      { header: 'exact' },
      { header: 'its error' },
    ],
    rows,
  );
}

function verdictsText({ horizons }: SiteJudgement): string {
  const rows = horizons.flatMap(({ slots, verdicts }) =>
    (Object.keys(QUANTITIES) as SiteQuantity[]).map((quantity, i) => {
      const own = verdicts.filter((verdict) => verdict.quantity === quantity);
      return [
        i === 0 ? String(slots) : '',
        QUANTITIES[quantity],
        own.map(verdictText).join(', '),
        own.every((verdict) => verdict.pass) ? 'pass' : 'FAIL',
      ];
    }),
  );
  return formatTable(
    [
      { header: 'slots' },
      { header: 'of', align: 'left' },
      { header: 'p-values', align: 'left' },
      { header: 'verdict', align: 'left' },
    ],
    rows,
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
function noLawText(reference: Exclude<SiteReference, ExactSite>, summary?: SiteSummary): string {
  const why = `No exact law of this site: ${reference.reason}.\n`;
  const { asymptotic } = reference;
  if (asymptotic === undefined) return why;
  const { constants, horizons } = asymptotic;
  const simulated = summary?.horizons.map((h) => h.auxiliary);
  const table = formatTable(
    [
      { header: 'slots' },
      { header: 'limit’s E[A] J' },
      ...(simulated === undefined ? [] : [{ header: 'simulated' }, { header: 'difference' }]),
    ],
    horizons.map((law, i) => {
      const seen = simulated?.[i].meanDeficit;
      const own = [String(law.slots), formatNumber(law.mean, 5)];
      return seen === undefined
        ? own
        : [...own, formatNumber(seen, 5), `${formatNumber(100 * (law.mean / seen - 1), 3)} %`];
    }),
  );
  return (
    `${why}Asymptotic, no verdict: the diffusion limit with drift ${driftText(constants.drift, constants.volatility)} and long-run volatility ` +
    `${formatQuantity(constants.volatility, 'J')} a slot; the mean swings by ${formatQuantity(constants.seasonal, 'J')} within a period, of which it knows nothing.\n\n${table}`
  );
}

/** The tables of `exact`. */
export function siteExactText(
  name: string,
  reference: SiteReference,
  rest: RestLaw | MissingPart | undefined,
  at: readonly number[],
): string {
  if (reference.kind === 'none') return `${name}\n\n${noLawText(reference)}`;
  const { horizons } = reference;
  const energy = scaleOf(horizons.map((h) => h.auxiliary.value));
  const surplus = scaleOf(horizons.map((h) => h.waste.value));
  const level = scaleOf(horizons.map((h) => h.level.mean.value));
  const table = formatTable(
    [
      { header: 'slots' },
      { header: `E[A] ${energy.unit}` },
      { header: `SD ${energy.unit}` },
      { header: 'P(A = 0)' },
      ...QUANTILES.map((p) => ({ header: `q${p}` })),
      ...at.map((a) => ({ header: `P(A ≤ ${formatQuantity(a, 'J')})` })),
      { header: `waste ${surplus.unit}` },
      { header: 'deficit slots' },
      { header: `level ${level.unit}` },
      { header: 'P(empty)' },
      { header: 'P(full)' },
    ],
    horizons.map((h) => [
      String(h.slots),
      formatNumber(h.auxiliary.value / energy.factor, 6),
      formatNumber(h.auxiliaryDeviation.value / energy.factor, 6),
      formatNumber(h.probabilityZero.value, 6),
      ...QUANTILES.map((p) => formatNumber((h.auxiliaryLaw?.quantile(p) ?? NaN) / energy.factor, 6)),
      ...at.map((a) => formatNumber(h.auxiliaryLaw?.cdf(a) ?? NaN, 6)),
      formatNumber(h.waste.value / surplus.factor, 6),
      formatNumber(h.deficitSlots.value, 6),
      formatNumber(h.level.mean.value / level.factor, 6),
      formatNumber(h.level.probabilityEmpty.value, 5),
      formatNumber(h.level.probabilityFull.value, 5),
    ]),
  );
  const missing = horizons.flatMap(missingText).join('');
  return `${name}\n\n${table}${missing}${rest === undefined ? '' : `\n${restText(rest)}`}`;
}

/** What is missing of a horizon's exact law, and why. */
function missingText({ slots, missing }: ExactSiteHorizon): string[] {
  if (missing === undefined) return [];
  return [`At ${slots} slots the distribution of A is missing: ${missing.reason}.\n`];
}

function restText(rest: RestLaw | MissingPart): string {
  if ('reason' in rest) return `The law at rest is missing: ${rest.reason}.\n`;
  const { auxiliaryPerSlot, wastePerSlot, deficitFraction, level } = rest;
  return (
    `At rest, a slot: auxiliary ${formatQuantity(auxiliaryPerSlot.value, 'J')}, waste ${formatQuantity(wastePerSlot.value, 'J')}, ` +
    `in deficit ${formatNumber(100 * deficitFraction.value)} % of the slots; level at the end of a period ${formatQuantity(level.mean.value, 'J')}.\n`
  );
}
