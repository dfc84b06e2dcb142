/**
 * `batterywalk prove`: the theorems on every path, with integers and no tolerance, the statistical ones against the
 * exact law, and the limits of Theorem 2 by exact laws. Status 1 where one is broken.
 */
import { partialsSha256 } from '../engine/partials-codec.js';
import { countViolations, splitProof } from '../engine/proof-job.js';
import { resolveScenario } from '../fleet/resolve.js';
import { formatCount } from '../numeric/format.js';
import { horizonRows } from '../report/documents.js';
import { proofDocument, proofText } from '../report/proof-report.js';
import { jsonText } from '../report/run-files.js';
import type { FinishedProof } from '../study/finished.js';
import { proveTheorems } from '../study/prove.js';
import { PAPER_LIMITS } from '../theory/regimes.js';
import type { Limits } from '../theory/regimes.js';
import type { CommandContext, CommandSpec } from './context.js';
import { WALKING } from './options.js';
import { asking } from './running.js';

export const prove = proveAgainst(PAPER_LIMITS);

/** The command, judging Theorem 2 by these limits: tests plant wrong ones. */
export function proveAgainst(limits: Limits): CommandSpec {
  return {
    name: 'prove',
    describe: 'the theorems, path by path; exit 0 or 1',
    defaults: { trials: 1_000_000, slots: 2048 },
    scenario: 'reference',
    applies: [...WALKING, 'json', 'csv', 'out'],
    examples: ['prove', 'prove surplus --trials 1e4 --slots 256'],
    async run(context) {
      const { trials, horizons, seed } = context.options;
      const { open, control } = asking(context);
      const resolved = resolveScenario(context.scenario());
      const request = { trials, horizons, seed };
      const { run, proof } = await proveTheorems(resolved, request, limits, open, control, (walked) => {
        offerClaims(context, walked);
      });
      const document = proofDocument(run, proof);
      context.save('proof.json', jsonText(document));
      context.show(document, horizonRows(document), () => proofText(run, proof));
      return proof.pass ? 0 : 1;
    },
  };
}

/** What a stop leaves: what was counted on the paths, without what is judged by exact moments. */
function offerClaims(context: CommandContext, run: FinishedProof): void {
  const { scenario, seed, partials } = run;
  const rows = splitProof(partials).violations;
  const { count } = rows[0];
  const violations = countViolations(rows[rows.length - 1]);
  context.offer(`stopped before the moments were judged: ${formatCount(count)} paths were walked`, () => ({
    document: { schemaVersion: 1, scenario, seed, trials: count, violations, partialsSha256: partialsSha256(partials) },
    text: `of ${formatCount(count)} paths broke: ${Object.entries(violations)
      .map(([name, paths]) => `${name} ${formatCount(paths)}`)
      .join(', ')}\n`,
  }));
}
