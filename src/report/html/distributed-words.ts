/** What report.html says first where energy is burned over the service: the run's own numbers, and what every path was held to. */
import type { DistributedDocument } from '../distributed.js';
import { normalCritical } from '../../numeric/normal.js';
import type { MeanEstimate as MeanWithError } from '../../stats/proof.js';
import { formatEstimate, formatLike, withError } from '../estimate.js';
import { formatCount, scaleFor } from '../table.js';
import { html } from './markup.js';
import type { Markup } from './markup.js';
import { number, table } from './tables.js';
import { plannerWords, spanWords } from './words.js';

const NORMAL_95 = normalCritical(0.05);

export function distributedWords(document: DistributedDocument): Markup {
  const { horizons, pass, scenario, familyAlpha } = document;
  const last = horizons[horizons.length - 1];
  const checks = horizons.flatMap((h) => h.verdicts);
  const failed = checks.filter((v) => !v.pass);
  const claims = last.verdicts.filter(({ name }) => !name.startsWith('lumped') && name !== 'consumptionVariance');
  const broken = claims.filter((v) => !v.pass);
  return html`<section class="${pass ? 'verdict' : 'verdict fail'}">
    <h2>${pass ? 'PASS' : 'FAIL'}: energy burned over the service</h2>
    ${plannerWords(last, scenario)}
    <p>
      ${
        pass
          ? `All ${checks.length} checks pass`
          : `Of ${checks.length} checks ${failed.length} failed: ${failed.map((v) => v.name).join(', ')}`
      },
      with a family-wise error rate of ${familyAlpha} (Holm). Each task burns its energy slot by slot while it is
      served. No exact law is known for that in general, so the same draws were walked twice: so, and <em>lumped</em>,
      each task’s whole energy in the slot of its arrival. The lumped walk has an exact law and is judged against it
      below. On every path the deficit must lie at or below the lumped one (Lemma 1):
      ${
        broken.length === 0
          ? `it does on all ${formatCount(last.trials)} paths, and greedy injections equal it on every one (Theorem 1).`
          : `${broken.map((v) => `${v.name} is broken on ${formatCount(v.statistic)} paths`).join('; ')}.`
      }
    </p>
    ${distributedTable(horizons, scenario.slotSeconds)}
    <p class="note">
      “With control” uses the lumped deficit on the same draws as a control variate: its mean is known exactly. All that
      follows is of the lumped walk.
    </p>
  </section>`;
}

function distributedTable(horizons: DistributedDocument['horizons'], slotSeconds: number): Markup {
  const { unit, factor } = scaleFor(
    horizons.map((h) => h.lumped.meanDeficit),
    'J',
  );
  const mean = (own: MeanWithError, at: string): Markup => {
    const half = NORMAL_95 * own.standardError;
    const format = formatLike(withError(own.meanDeficit, half), factor);
    return html`${number(own.meanDeficit, `${at}/meanDeficit`, format(own.meanDeficit))}
      <small>± ${format(half)}</small>`;
  };
  return table(
    `Deficit with energy burned over the service, ${unit}, with 95\u00a0% intervals`,
    [
      { header: 'slots' },
      { header: 'time' },
      { header: 'mean' },
      { header: 'mean with control' },
      { header: 'P(D\u00a0=\u00a00)' },
      { header: '99\u00a0%' },
      { header: 'lumped mean' },
      { header: 'lumped mean, exact' },
    ],
    horizons.map((h, i) => {
      const at = `/horizons/${i}`;
      const top = { value: h.quantiles['0.99'], ...h.quantileIntervals['0.99'] };
      const zero = { value: h.probabilityZero, ...h.probabilityZeroInterval };
      const exact = h.lumped.exact.meanDeficit;
      const lumped = formatLike(withError(h.lumped.meanDeficit, NORMAL_95 * h.lumped.standardError), factor);
      return {
        cells: [
          formatCount(h.slots),
          spanWords(h.slots * slotSeconds),
          mean(h, at),
          mean(h.controlled, `${at}/controlled`),
          number(zero.value, `${at}/probabilityZero`, formatEstimate(zero)),
          number(top.value, `${at}/quantiles/0.99`, formatEstimate(top, factor)),
          mean(h.lumped, `${at}/lumped`),
          number(exact, `${at}/lumped/exact/meanDeficit`, lumped(exact)),
        ],
      };
    }),
  );
}
