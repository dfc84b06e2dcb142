/**
 * The verdict in words: for a planner first, for a statistician second. Every number in them is one of the results'.
 */
import type { ValidateDocument } from '../documents.js';
import { coarseSentences } from '../coarse.js';
import { trialsToTellApart } from '../../stats/distance.js';
import { formatEstimate, shownMean, shownQuantileOf, shownZero } from '../estimate.js';
import { formatCount, formatNumber } from '../../numeric/format.js';
import { TEST_LABELS, estimateWords, formatPValue, horizonWords, quantityWords, roundTrials } from '../words.js';
import { html } from './markup.js';
import type { Markup } from './markup.js';

type Horizon = ValidateDocument['horizons'][number];

/** What one who plans wants to know of the last horizon. */
export function plannerWords(
  last: Pick<Horizon, 'slots' | 'meanDeficit' | 'quantiles' | 'probabilityZero' | 'probabilityZeroInterval'> &
    Pick<Horizon, 'meanInterval' | 'quantileIntervals'>,
  { battery, slotSeconds }: ValidateDocument['scenario'],
): Markup {
  const charge = battery.initialJoules;
  const empty = charge === 0 ? 'that starts empty' : `that starts with ${quantityWords(charge, 'J')}`;
  const quantile = (p: string): string => estimateWords(shownQuantileOf(last, p), 'J');
  return html`<p>
    Over ${horizonWords(last.slots, slotSeconds)} a battery ${empty} will need ${estimateWords(shownMean(last), 'J')} of
    auxiliary energy on average. One time in ten it will need more than ${quantile('0.9')}, and one time in a hundred
    more than ${quantile('0.99')}. It will need none with probability ${formatEstimate(shownZero(last))}.
  </p>`;
}

/**
 * Whether the engine draws what it should.
 * @param isCompanion of the lumped walk beside another run, whose numbers these are not
 */
export function verdictWords(document: ValidateDocument, isCompanion = false): Markup {
  const { horizons, scenario, pass, familyAlpha } = document;
  const last = horizons[horizons.length - 1];
  const verdicts = horizons.flatMap((h) => h.verdicts.map((v) => ({ ...v, slots: h.slots })));
  const failed = verdicts.filter((v) => !v.pass);
  const smallest = verdicts.reduce((a, b) => (b.pValue < a.pValue ? b : a));
  const summary = !isCompanion && plannerWords(last, scenario);
  const walk = isCompanion ? 'The lumped walk on the same draws: ' : '';
  const coarse = coarseSentences(horizons, ({ name }) => TEST_LABELS[name]);
  const note = coarse.length === 0 ? '' : html`<p class="note">${coarse.join(' ')}</p>`;
  if (pass) {
    return html`<section class="verdict">
      <h2>${walk}PASS: the engine draws what it should</h2>
      <p>
        The simulation was held against the exact law of the walk that it simulates, which is known without simulating.
        On all ${verdicts.length} tests they agree: the numbers on this page can be relied on to within the intervals
        beside them.
      </p>
      ${summary} ${note}
      <p class="note">
        For statisticians: ${verdicts.length} tests share a family-wise error rate of ${familyAlpha} (Holm). The
        smallest p-value is ${formatPValue(smallest.pValue)} (${TEST_LABELS[smallest.name]},
        ${formatCount(smallest.slots)} slots), against ${formatPValue(smallest.alpha)}. A right engine fails somewhere
        in at most one run of ${formatCount(1 / familyAlpha)}.
      </p>
    </section>`;
  }
  return html`<section class="verdict fail">
    <h2>${walk}FAIL: the simulation does not agree with the exact law</h2>
    <p>
      Of ${verdicts.length} tests against the exact law of the simulated walk ${failed.length} failed:
      ${failed.map((v) => `${TEST_LABELS[v.name]} at ${formatCount(v.slots)} slots (p = ${formatPValue(v.pValue)})`).join('; ')}.
      Do not rely on these numbers before the cause is found: run it again with another seed, and on another backend.
    </p>
    ${summary} ${note}
    <p class="note">
      For statisticians: the tests share a family-wise error rate of ${familyAlpha} (Holm); a right engine fails
      somewhere in at most one run of ${formatCount(1 / familyAlpha)}.
    </p>
  </section>`;
}

/** How far the diffusion limit is from the truth: apart from the verdict. */
export function limitWords(document: ValidateDocument): Markup {
  const { horizons, scenario } = document;
  const last = horizons[horizons.length - 1];
  return html`<section class="apart">
    <h2>Apart from that: how far the Brownian formula is from the truth</h2>
    <p>${limitSentence(last, scenario.slotSeconds)}</p>
    <p class="note">
      The paper’s closed forms replace the walk by a Brownian motion. That is a limit for long horizons and says nothing
      for or against the engine: a right simulation must leave it behind once it has paths enough. The corrected law
      adds the overshoot and the skewness of this walk. Shorter horizons are in the
      <a href="#limit">table of errors</a>.
    </p>
  </section>`;
}

function limitSentence(horizon: Horizon, slotSeconds: number): string {
  const { slots, trials, exact, brownian, brownianDistance } = horizon;
  const needed = trialsToTellApart(brownianDistance.expected);
  const off = brownian.meanDeficit / exact.meanDeficit - 1;
  const mean = Number.isFinite(off)
    ? ` Its mean deficit is ${formatNumber(Math.abs(100 * off), 2)}\u00a0% too ${off < 0 ? 'small' : 'large'}.`
    : '';
  return (
    `After ${horizonWords(slots, slotSeconds)} the Brownian law is off by up to ${formatNumber(brownianDistance.expected, 2)} in probability.${mean} ` +
    `A Kolmogorov–Smirnov test would reject the Brownian law from about ${roundTrials(needed)} trials on; ` +
    (trials >= needed
      ? `this run has ${formatCount(trials)}, so it sees the difference. That is not a failure of the engine.`
      : `this run has ${formatCount(trials)}, too few to see the difference.`)
  );
}
