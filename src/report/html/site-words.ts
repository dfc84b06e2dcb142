/**
 * A site's run in words: what it is, what came of it and whether it can be relied on. Every number in them is one of
 * the results'.
 */
import type { Battery, Policy, Scenario } from '../../scenario/scenario.js';
import type { SiteSummary } from '../../stats/site-summary.js';
import { formatEstimate, shownMean, shownQuantile, shownZero } from '../estimate.js';
import { isJudged, noLawOf } from '../site-comparison.js';
import type { SiteDocument } from '../site-document.js';
import { VIOLATIONS, siteTestLabel } from '../site-names.js';
import { errorInterval } from '../../stats/site-summary.js';
import { formatCount, formatNumber } from '../../numeric/format.js';
import { formatQuantity } from '../table.js';
import { html } from './markup.js';
import type { Markup } from './markup.js';
import { estimateWords, formatPValue, horizonWords, spanWords } from '../words.js';

/** What a run's outcome is called in one word. */
export function siteOutcome(document: SiteDocument): 'PASS' | 'FAIL' | 'estimates' {
  if (!document.pass) return 'FAIL';
  return isJudged(document) ? 'PASS' : 'estimates';
}

/** What was run: what is the site's own. */
export function siteFacts({ scenario }: SiteDocument): [name: string, value: string][] {
  return [
    ['battery', batteryWords(scenario.battery)],
    ['policy', policyWords(scenario.routing.policy)],
    ['harvest', harvestWords(scenario.harvest)],
    ['arrivals', arrivalWords(scenario.arrivals)],
    ['accounting', scenario.accounting],
  ];
}

function batteryWords(battery: Battery): string {
  const { initialJoules, capacityJoules, chargeEfficiency, dischargeEfficiency, leakPerSlot } = battery;
  const { chargeLimitWatts, dischargeLimitWatts } = battery;
  const percent = (share: number): string => `${formatNumber(100 * share, 3)} %`;
  return [
    capacityJoules === undefined ? 'no capacity limit' : formatQuantity(capacityJoules, 'J'),
    `${formatQuantity(initialJoules, 'J')} in it at the start`,
    ...(chargeEfficiency === undefined ? [] : [`${percent(chargeEfficiency)} of a surplus stored`]),
    ...(dischargeEfficiency === undefined ? [] : [`${percent(dischargeEfficiency)} of the charge delivered`]),
    ...(leakPerSlot === undefined ? [] : [`leak ${percent(leakPerSlot)} a slot`]),
    ...(chargeLimitWatts === undefined ? [] : [`charged at ${formatQuantity(chargeLimitWatts, 'W')} at most`]),
    ...(dischargeLimitWatts === undefined ? [] : [`discharged at ${formatQuantity(dischargeLimitWatts, 'W')} at most`]),
  ].join(', ');
}

function policyWords(policy: Policy | undefined): string {
  if (policy === undefined || policy.kind === 'myopic') return 'myopic: tasks go off as they arrive';
  const most = policy.maximumWaitSlots;
  const limit = most === undefined ? '' : `, waiting ${formatCount(most)} slots at most`;
  switch (policy.kind) {
    case 'latest':
      return `latest: tasks go off as late as allowed${limit}`;
    case 'threshold':
      return `threshold: tasks wait for ${formatQuantity(policy.levelJoules, 'J')} of charge${limit}`;
    case 'backpressure':
      return `backpressure: target ${formatQuantity(policy.targetJoules, 'J')}, ${formatQuantity(policy.joulesPerTask, 'J')} a waiting task${limit}`;
  }
}

function harvestWords(harvest: Scenario['harvest']): string {
  if ('trace' in harvest) {
    const { values, secondsPerValue, play } = harvest.trace;
    return `trace of ${spanWords(values.length * secondsPerValue)}, ${play === 'loop' ? 'played again and again' : 'in drawn blocks'}`;
  }
  const { profile, weather, correlation } = harvest;
  const changing = [
    ...profilesWords(profile),
    ...(weather === undefined ? [] : [`weather (${weather.states.map((state) => state.name).join(', ')})`]),
    ...(correlation === undefined ? [] : [`correlation ${formatNumber(correlation, 3)} a slot`]),
  ];
  return changing.length === 0 ? 'Gamma, steady' : `Gamma with ${changing.join(', ')}`;
}

function arrivalWords({ ratePerSlot, profile }: Scenario['arrivals']): string {
  return [`${formatNumber(ratePerSlot, 3)} tasks a slot`, ...profilesWords(profile)].join(', ');
}

function profilesWords(profiles: Scenario['arrivals']['profile']): string[] {
  return (profiles ?? []).map(
    ({ values, slotsPerValue }) => `a profile of ${formatCount(values.length * slotsPerValue)} slots`,
  );
}

/** The verdict, for a planner first, for a statistician second. */
export function siteVerdictWords(document: SiteDocument, summary: SiteSummary): Markup {
  const planner = plannerWords(summary, document.scenario.slotSeconds);
  const broken = document.horizons.flatMap(({ slots, violations }) =>
    violations.map(
      ({ name, paths }) => `${VIOLATIONS[name]} (${formatCount(paths)} paths by ${formatCount(slots)} slots)`,
    ),
  );
  if (!document.pass) return failureWords(document, broken, planner);
  if (!isJudged(document)) {
    return html`<section class="apart">
      <h2>Estimated, not judged</h2>
      <p>No path broke a rule. Theory was not asked: <code>validate</code> asks it.</p>
      ${planner}
    </section>`;
  }
  const noLaw = noLawOf(document);
  if (noLaw !== undefined) {
    return html`<section class="verdict">
      <h2>PASS: no path broke a rule; nothing else was judged</h2>
      <p>There is no exact law of this site to judge by: ${noLaw}.</p>
      ${planner}
    </section>`;
  }
  const { tests, familyAlpha } = document;
  const smallest = document.horizons.flatMap((h) => h.verdicts).reduce((a, b) => (b.pValue < a.pValue ? b : a));
  return html`<section class="verdict">
    <h2>PASS: the engine draws what it should</h2>
    <p>
      The simulation was held against the exact law of this battery, which is known without simulating. On all ${tests}
      tests they agree, and no path broke a rule: the numbers on this page can be relied on to within the intervals
      beside them.
    </p>
    ${planner}
    <p class="note">
      For statisticians: ${tests} tests share a family-wise error rate of ${familyAlpha} (Holm). The smallest p-value is
      ${formatPValue(smallest.pValue)} (${siteTestLabel(smallest)}), against ${formatPValue(smallest.alpha)}. Of the
      auxiliary energy the mean, the spread, the atom and, where it is known, the whole law are tested; the peak power,
      consumption and waiting are not.
    </p>
  </section>`;
}

function failureWords(document: SiteDocument, broken: readonly string[], planner: Markup): Markup {
  const failed = isJudged(document)
    ? document.horizons.flatMap(({ slots, verdicts }) =>
        verdicts
          .filter((verdict) => !verdict.pass)
          .map((v) => `${siteTestLabel(v)} at ${formatCount(slots)} slots (p = ${formatPValue(v.pValue)})`),
      )
    : [];
  return html`<section class="verdict fail">
    <h2>
      FAIL:
      ${failed.length > 0 ? 'the simulation does not agree with the exact law' : 'paths broke rules that none may break'}
    </h2>
    ${failed.length > 0 && isJudged(document) && html`<p>Of ${document.tests} tests ${failed.length} failed: ${failed.join('; ')}.</p>`}
    ${broken.length > 0 && html`<p>Rules that were broken: ${broken.join('; ')}.</p>`}
    <p>
      Do not rely on these numbers before the cause is found: run it again with another seed, and on another backend.
    </p>
    ${planner}
  </section>`;
}

/** The last horizon for one who plans a site. */
function plannerWords({ horizons, confidence }: SiteSummary, slotSeconds: number): Markup {
  const { slots, auxiliary, peakWatts, waste, deficitFraction, waitSeconds } = horizons[horizons.length - 1];
  const rarer = [
    { probability: 0.9, words: 'one time in ten' },
    { probability: 0.99, words: 'one time in a hundred' },
  ].flatMap(({ probability, words }) => {
    const own = auxiliary.quantiles.find((quantile) => quantile.probability === probability);
    return own !== undefined && own.value > 0 ? [`${words} more than ${estimateWords(shownQuantile(own), 'J')}`] : [];
  });
  const lacking = { value: deficitFraction.mean, ...errorInterval(deficitFraction, confidence) };
  const share = `${formatEstimate(lacking, 0.01)}\u00a0%`;
  return html`<p>
    Over ${horizonWords(slots, slotSeconds)} the site will need ${estimateWords(shownMean(auxiliary), 'J')} of auxiliary
    energy on average${rarer.map((words) => `, ${words}`)}. It will need none with probability
    ${formatEstimate(shownZero(auxiliary))}. Energy is lacking in ${share} of the slots, with
    ${estimateWords(shownMean(peakWatts), 'W')} at the worst of them on average; ${estimateWords(shownMean(waste), 'J')}
    of harvest are
    wasted.${waitSeconds !== null && waitSeconds > 0 && ` A task waits ${spanWords(waitSeconds)} on average.`}
  </p>`;
}
