/** `reserve` for a terminal and as a JSON document. */
import { partialsSha256 } from '../engine/partials-codec.js';
import { largestOf } from '../numeric/extremes.js';
import type { ExactReserve } from '../stats/reserve-law.js';
import type { EstimatedReserve } from '../stats/reserve.js';
import { unknownReserve } from '../study/reserve.js';
import type { LawReserves, RunReserves } from '../study/reserve.js';
import { documentHead } from './document-parts.js';
import type { Answer } from './answer.js';
import { formatEstimate, formatLike, formatRange } from './estimate.js';
import { notesText, slotsNote } from './notes.js';
import { headingText, missingText, speedText } from './run-text.js';
import { missingSentence } from './site-names.js';
import { formatTable, scaleFor } from './table.js';

/** What `reserve` says before the exact law is known. */
export function simulatedReserves(run: RunReserves): Pick<Answer, 'document' | 'text'> {
  const { scenario, seed } = run.study.planned;
  return {
    document: { schemaVersion: 1, scenario, seed, slots: run.slots, reserves: run.simulated },
    text: () => reserveText(run, run.simulated.map(unknownReserve), 'exact'),
  };
}

/** What `reserve` says. */
export function reserveAnswer(run: RunReserves, law: LawReserves): Pick<Answer, 'document' | 'rows' | 'text'> {
  const { study, outcome, slots, trials, simulated, curve } = run;
  const { scenario, seed } = study.planned;
  const { kind, reserves, missing, quantiles } = law;
  const bounded = kind === 'bound';
  const document = {
    ...documentHead({ scenario, seed, ...outcome }),
    slots,
    trials,
    reserves: simulated.map((own, i) => ({
      risk: own.risk,
      simulated: own,
      exact: bounded || Number.isNaN(reserves[i].charge) ? null : reserves[i],
      ...(bounded ? { lumpedBound: reserves[i] } : {}),
    })),
    ...(missing === undefined ? {} : { missing }),
    curve,
    [bounded ? 'lumpedQuantiles' : 'exactQuantiles']: Object.fromEntries(
      quantiles.map(({ probability, value }) => [String(probability), value]),
    ),
    partialsSha256: partialsSha256(outcome.partials),
    elapsedSeconds: outcome.elapsedSeconds,
  };
  const lacks = missing === undefined ? '' : missingWords(run, missing);
  return {
    document,
    rows: document.reserves.map((row) => ({ slots, slotSeconds: scenario.slotSeconds, ...row })),
    text: () => reserveText(run, reserves, bounded ? 'lumped ≤' : 'exact') + lacks,
  };
}

function missingWords({ study, slots }: RunReserves, missing: NonNullable<LawReserves['missing']>): string {
  return study.kind === 'site' ? `${missingSentence(slots, missing)}\n` : missingText(slots, missing);
}

function reserveText(run: RunReserves, exactly: readonly ExactReserve[], header: string): string {
  const { study, outcome, simulated } = run;
  const { kind } = study;
  const heading = headingText(study.summarize(outcome).run);
  const { unit, factor } = scaleFor([largestOf(simulated.map((r) => r.charge))], 'J');
  const excess = scaleFor([largestOf(simulated.map((r) => r.meanExcess))], 'J');
  const isSite = kind === 'site';
  const table = formatTable(
    [
      { header: 'risk' },
      { header: `${isSite ? 'energy' : 'charge'} ${unit}` },
      { header: '95 % interval', isJoined: true },
      { header, isJoined: true },
      { header: isSite ? 'safe energy' : 'safe charge', isJoined: true },
      { header: `${isSite ? 'E(A−a)⁺' : 'E(D−b)⁺'} ${excess.unit}` },
      { header: '95 % interval', isJoined: true },
      { header, isJoined: true },
      { header: `CVaR ${unit}` },
      { header: '95 % interval', isJoined: true },
      { header, isJoined: true },
    ],
    simulated.map((r, i) => reserveCells(r, exactly[i], factor, excess.factor)),
    notesText(
      slotsNote(study.planned.scenario.slotSeconds),
      isSite
        ? 'risk: P(A > energy), A the auxiliary energy that the site with its battery lacks; safe energy: with 95 % ' +
            'confidence it has no more than that risk; E(A−a)⁺: what is still lacking on average with the energy a of ' +
            'this run; CVaR: mean auxiliary energy in the worst fraction `risk` of the cases'
        : 'risk: P(D > charge); safe charge: with 95 % confidence it has no more than that risk; ' +
            'E(D−b)⁺: what is still needed on average with the charge b of this run; ' +
            'CVaR: mean deficit in the worst fraction `risk` of the cases',
      header === 'exact'
        ? undefined
        : 'lumped ≤: exact, were each task’s whole energy drawn at arrival; no path needs more than that (Lemma 1)',
    ),
  );
  return `${heading}\n${table}\n${speedText(outcome)}`;
}

function reserveCells(
  r: EstimatedReserve,
  { atSimulatedCharge, ...exact }: ExactReserve,
  factor: number,
  over: number,
) {
  const charge = { value: r.charge, ...r.interval };
  const excess = { value: r.meanExcess, ...r.meanExcessInterval };
  const worst = { value: r.conditionalValueAtRisk, ...r.conditionalValueAtRiskInterval };
  return [
    String(r.risk),
    formatEstimate(charge, factor),
    formatRange(charge, factor),
    formatLike(charge, factor)(exact.charge),
    formatLike(charge, factor)(r.safeCharge),
    formatEstimate(excess, over),
    formatRange(excess, over),
    formatLike(excess, over)(atSimulatedCharge.meanExcess),
    formatEstimate(worst, factor),
    formatRange(worst, factor),
    formatLike(worst, factor)(exact.conditionalValueAtRisk),
  ];
}
