/** `validate` of consumption over the service, for a terminal. */
import type { FinishedRun } from '../study/finished.js';
import { CLAIMS } from './distributed.js';
import type { DistributedDocument, DistributedVerdict, DistributedVerdictName } from './distributed.js';
import { coarseText, headingText, speedText } from './run-text.js';
import { slotsCell, tableText } from './table-model.js';
import type { Table } from './table-model.js';
import { formatCount } from '../numeric/format.js';
import { distributedTable } from './walk-tables.js';
import { verdictText } from './words.js';

/** Column heads of the verdicts. */
const HEADS: Readonly<Record<DistributedVerdictName, string>> = {
  lumpedMean: 'lumped mean',
  lumpedStandardDeviation: 'SD',
  lumpedProbabilityZero: 'P(D=0)',
  lumpedChiSquare: 'χ²',
  lumpedKolmogorov: 'KS',
  consumptionVariance: 'Lemma 2',
  lemma1: 'Lemma 1',
  theorem1: 'Thm 1',
  runningMinimum: 'min',
};

/** The tests and claims in as few columns as a terminal has. */
function verdictsTable({ horizons }: DistributedDocument): Table {
  return {
    caption: 'p-values, and claims on every path',
    columns: [
      { header: 'slots' },
      ...horizons[0].verdicts.map((v) => ({ header: HEADS[v.name], align: 'left' as const })),
      { header: 'verdict', align: 'left' },
    ],
    rows: horizons.map((h) => ({
      cells: [
        slotsCell(h.slots),
        ...h.verdicts.map((v) => (isClaim(v) ? claimText(v) : verdictText(v))),
        h.verdicts.every((v) => v.pass) ? 'pass' : 'FAIL',
      ],
    })),
    note:
      'lumped mean to KS: against the exact law of the lumped walk; Lemma 2: spread of what is consumed; Lemma 1: ' +
      'never above the lumped deficit; Thm 1: greedy injections equal it; min: the controlled battery is B − min B',
  };
}

const isClaim = ({ name }: DistributedVerdict): boolean => CLAIMS.some(([claim]) => claim === name);
const claimText = ({ statistic, pass }: DistributedVerdict): string =>
  pass ? 'every path' : `FAIL ${formatCount(statistic)} paths`;

/** The tables. */
export function distributedText(run: FinishedRun, document: DistributedDocument): string {
  const { horizons, pass, familyAlpha } = document;
  const tests = horizons.reduce((sum, h) => sum + h.verdicts.length, 0);
  const tables = `${tableText(distributedTable(document))}\n${tableText(verdictsTable(document))}`;
  return (
    `${headingText(run)}\n${tables}\n${coarseText(horizons, ({ name }: DistributedVerdict) => HEADS[name])}` +
    `${pass ? `PASS: all ${tests}` : `FAIL: of ${tests}`} checks, family-wise α ${familyAlpha}. ` +
    'Energy is burned over the service: no exact law is known for that, so the same ' +
    'draws were walked lumped and judged against its exact law; on every path the distributed deficit must lie at or below the lumped one (Lemma 1).\n' +
    `\n${speedText(run)}`
  );
}
