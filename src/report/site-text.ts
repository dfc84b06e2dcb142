/** A site's `run`, `validate` and `exact` for a terminal. */
import type { SiteReference } from '../theory/site-reference.js';
import type { SiteSummary } from '../stats/site-summary.js';
import type { RestLaw } from '../theory/chain/rest-law.js';
import type { MissingPart } from '../theory/deficit-law.js';
import type { FinishedSite } from '../study/finished.js';
import { coarseText, headingText, linesText, speedText } from './run-text.js';
import { missingSentences, noLawOf } from './site-comparison.js';
import type { AsymptoticDocument, SiteDocument, SiteValidateDocument, siteExactDocument } from './site-document.js';
import { QUANTITIES, TESTS, VIOLATIONS } from './site-names.js';
import { batteryTable, tasksTable } from './site-tables.js';
import { asymptoticTable, comparisonTable, exactTable, siteVerdictsTable } from './site-verdict-tables.js';
import { tableText } from './table-model.js';
import { formatCount, formatNumber } from '../numeric/format.js';
import { formatQuantity } from './table.js';
import { driftText } from './words.js';

/** The tables of `run`. */
export function siteRunText(run: FinishedSite, summary: SiteSummary, document: SiteDocument): string {
  return `${headingText(run)}\n${estimatesText(run, summary)}\n${brokenText(document)}${speedText(run)}`;
}

/** The tables of `validate`: estimates, then each beside its exact value, then the verdicts. */
export function siteValidateText(run: FinishedSite, summary: SiteSummary, document: SiteValidateDocument): string {
  const { horizons } = document;
  const noLaw = noLawOf(document);
  const judged =
    noLaw === undefined
      ? `${tableText(comparisonTable(summary, document))}\n${tableText(siteVerdictsTable(document))}` +
        `${linesText(missingSentences(horizons))}${coarseText(horizons, ({ quantity, name }) => `${QUANTITIES[quantity]} ${TESTS[name]}`)}`
      : noLawText(noLaw, 'noExactLaw' in document ? document.asymptotic : undefined, horizons);
  const outcome = `${brokenText(document)}${outcomeText(document)}`;
  return `${headingText(run)}\n${estimatesText(run, summary)}\n${judged}\n${outcome}\n${speedText(run)}`;
}

function estimatesText({ scenario }: FinishedSite, summary: SiteSummary): string {
  return `${tableText(batteryTable(summary, scenario.slotSeconds))}\n${tableText(tasksTable(summary))}`;
}

function outcomeText(document: SiteValidateDocument): string {
  const { pass, tests, familyAlpha, horizons } = document;
  const broken = horizons.some((h) => h.violations.length > 0);
  const rules = broken ? 'rules of a path were broken' : 'no path broke a rule';
  if (noLawOf(document) !== undefined) return `${pass ? 'PASS' : 'FAIL'}: ${rules}; nothing else was judged`;
  const of = `${tests} tests against the exact law of the battery’s chain, family-wise α ${familyAlpha}`;
  const failed = horizons.flatMap((h) => h.verdicts).filter((verdict) => !verdict.pass).length;
  return pass ? `PASS: all ${of}; ${rules}` : `FAIL: ${failed} of ${of}; ${rules}`;
}

/** Violations, the worst news first; nothing where there are none. */
function brokenText({ horizons }: SiteDocument): string {
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
function noLawText(
  reason: string,
  asymptotic: AsymptoticDocument | undefined,
  simulated?: SiteDocument['horizons'],
): string {
  const why = `No exact law of this site: ${reason}.\n`;
  if (asymptotic === undefined) return why;
  const { driftJoulesPerSlot, volatilityJoules, seasonalJoules } = asymptotic;
  return (
    `${why}Asymptotic, no verdict: the diffusion limit with drift ${driftText(driftJoulesPerSlot, volatilityJoules)} ` +
    `and long-run volatility ${formatQuantity(volatilityJoules, 'J')} a slot; the mean swings by ` +
    `${formatQuantity(seasonalJoules, 'J')} within a period, of which it knows nothing.\n\n` +
    tableText(asymptoticTable(asymptotic, simulated))
  );
}

/** `exact`. @param at energies at which the distribution function is asked for, joules */
export function siteExactText(
  document: ReturnType<typeof siteExactDocument>,
  reference: SiteReference,
  rest: RestLaw | MissingPart | undefined,
  at: readonly number[],
): string {
  const { name, slotSeconds } = document.scenario;
  if ('noExactLaw' in document) return `${name}\n\n${noLawText(document.noExactLaw, document.asymptotic)}`;
  const table = exactTable(reference.kind === 'exact' ? reference.horizons : [], at, slotSeconds);
  const missing = linesText(missingSentences(document.horizons));
  return `${name}\n\n${tableText(table)}${missing}${rest === undefined ? '' : `\n${restText(rest)}`}`;
}

function restText(rest: RestLaw | MissingPart): string {
  if ('reason' in rest) return `The law at rest is missing: ${rest.reason}.\n`;
  const { auxiliaryPerSlot, wastePerSlot, deficitFraction, level } = rest;
  return (
    `At rest, a slot: auxiliary ${formatQuantity(auxiliaryPerSlot.value, 'J')}, ` +
    `waste ${formatQuantity(wastePerSlot.value, 'J')}, ` +
    `in deficit ${formatNumber(100 * deficitFraction.value)} % of the slots; ` +
    `level at the end of a period ${formatQuantity(level.mean.value, 'J')}.\n`
  );
}
