/** What report.html says first where energy is burned over the service: the run's own numbers, and what every path was held to. */
import type { DistributedDocument } from '../distributed.js';
import { formatCount, formatNumber, scaleFor } from '../table.js';
import { html } from './markup.js';
import type { Markup } from './markup.js';
import { number, table } from './tables.js';

export function distributedWords(document: DistributedDocument): Markup {
  const { horizons, pass } = document;
  const last = horizons[horizons.length - 1];
  const claims = last.verdicts.filter(({ name }) => !name.startsWith('lumped') && name !== 'consumptionVariance');
  const broken = claims.filter((v) => !v.pass);
  const { unit, factor } = scaleFor(
    horizons.map((h) => h.lumped.meanDeficit),
    'J',
  );
  const joules = (value: number, at: string): Markup => number(value, at, formatNumber(value / factor, 5));
  return html`<section class="${pass ? 'verdict' : 'verdict fail'}">
    <h2>${pass ? 'PASS' : 'FAIL'}: energy burned over the service</h2>
    <p>
      Each task burns its energy slot by slot while it is served. No exact law is known for that in general, so the same
      draws were walked twice: so, and <em>lumped</em>, each task’s whole energy in the slot of its arrival. The lumped
      walk has an exact law and is judged against it below. On every path the deficit must lie at or below the lumped
      one (Lemma 1):
      ${
        broken.length === 0
          ? `it does on all ${formatCount(last.trials)} paths, and greedy injections equal it on every one (Theorem 1).`
          : `${broken.map((v) => `${v.name} is broken on ${formatCount(v.statistic)} paths`).join('; ')}.`
      }
    </p>
    ${table(
      `Deficit with energy burned over the service, ${unit}`,
      [
        { header: 'slots' },
        { header: 'mean' },
        { header: '± SE' },
        { header: 'with control' },
        { header: '± SE' },
        { header: 'P(D = 0)' },
        { header: '99\u00a0%' },
        { header: 'lumped mean, exact' },
      ],
      horizons.map((h, i) => {
        const at = `/horizons/${i}`;
        return {
          cells: [
            formatCount(h.slots),
            joules(h.meanDeficit, `${at}/meanDeficit`),
            joules(h.standardError, `${at}/standardError`),
            joules(h.controlled.meanDeficit, `${at}/controlled/meanDeficit`),
            joules(h.controlled.standardError, `${at}/controlled/standardError`),
            number(h.probabilityZero, `${at}/probabilityZero`, h.probabilityZero.toFixed(5)),
            joules(h.quantiles['0.99'], `${at}/quantiles/0.99`),
            joules(h.lumped.exact.meanDeficit, `${at}/lumped/exact/meanDeficit`),
          ],
        };
      }),
    )}
    <p class="note">
      “With control” uses the lumped deficit on the same draws as a control variate: its mean is known exactly. All that
      follows is of the lumped walk.
    </p>
  </section>`;
}
