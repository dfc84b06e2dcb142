/** `reserve` for a terminal and as a JSON document. */
import { partialsSha256 } from '../engine/partials-codec.js';
import { largestOf } from '../numeric/extremes.js';
import type { ExactReserve } from '../stats/reserve-law.js';
import { unknownReserve } from '../study/reserve.js';
import type { LawReserves, RunReserves } from '../study/reserve.js';
import { documentHead } from './document-parts.js';
import type { Answer } from './answer.js';
import { formatEstimate, formatLike, formatRange } from './estimate.js';
import type { Shown } from './estimate.js';
import { notesText, slotsNote } from './notes.js';
import { headingText, missingText, speedText } from './run-text.js';
import { missingSentence } from './site-names.js';
import { column, joined, tableOf, tableText } from './table-model.js';
import type { Table } from './table-model.js';
import { scaleFor } from './table.js';

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
  const { study, outcome } = run;
  return [
    headingText(study.summarize(outcome).run),
    tableText(reservesTable(run, exactly, header)),
    speedText(outcome),
  ].join('\n');
}

/** Charge, excess and CVaR at every risk. @param header of the exact law's columns */
function reservesTable({ study, simulated }: RunReserves, exactly: readonly ExactReserve[], header: string): Table {
  const { unit, factor } = scaleFor([largestOf(simulated.map((r) => r.charge))], 'J');
  const excess = scaleFor([largestOf(simulated.map((r) => r.meanExcess))], 'J');
  const isSite = study.kind === 'site';
  const rows = simulated.map((own, i) => ({
    ...own,
    exact: exactly[i],
    shownCharge: { value: own.charge, ...own.interval },
  }));
  type Reserve = (typeof rows)[number];
  /** An estimate, its interval, and the exact value. */
  const beside = (name: string, of: (r: Reserve) => Shown, exact: (r: Reserve) => number, by: number) => [
    column(name, (r: Reserve) => formatEstimate(of(r), by)),
    joined('95 % interval', (r: Reserve) => formatRange(of(r), by)),
    joined(header, (r: Reserve) => formatLike(of(r), by)(exact(r))),
  ];
  return tableOf(rows, {
    caption: `Reserves by risk, ${unit}`,
    columns: [
      column('risk', ({ risk }) => String(risk)),
      beside(
        `${isSite ? 'energy' : 'charge'} ${unit}`,
        (r) => r.shownCharge,
        (r) => r.exact.charge,
        factor,
      ),
      joined(isSite ? 'safe energy' : 'safe charge', (r) => formatLike(r.shownCharge, factor)(r.safeCharge)),
      beside(
        `${isSite ? 'E(A−a)⁺' : 'E(D−b)⁺'} ${excess.unit}`,
        (r) => ({ value: r.meanExcess, ...r.meanExcessInterval }),
        (r) => r.exact.atSimulatedCharge.meanExcess,
        excess.factor,
      ),
      beside(
        `CVaR ${unit}`,
        (r) => ({ value: r.conditionalValueAtRisk, ...r.conditionalValueAtRiskInterval }),
        (r) => r.exact.conditionalValueAtRisk,
        factor,
      ),
    ],
    note: notesText(
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
  });
}
