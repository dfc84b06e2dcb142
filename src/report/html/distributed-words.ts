/**
 * What report.html says first where energy is burned over the service: the run's own numbers, and what every path was
 * held to.
 */
import type { DistributedDocument } from '../distributed.js';
import { formatCount } from '../../numeric/format.js';
import { distributedTable } from '../walk-tables.js';
import { html } from './markup.js';
import type { Markup } from './markup.js';
import { tableHtml } from './table.js';
import { plannerWords } from './words.js';

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
    ${tableHtml(distributedTable(document))}
    <p class="note">
      “With control” uses the lumped deficit on the same draws as a control variate: its mean is known exactly. All that
      follows is of the lumped walk.
    </p>
  </section>`;
}
