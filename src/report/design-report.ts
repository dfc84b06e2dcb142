/** `design` for a terminal and as a JSON document. */
import type { FinishedDesign } from '../study/design.js';
import type { DesignEvaluation } from '../stats/risk-probe.js';
import { documentHead } from './document-parts.js';
import type { CsvRow } from './csv.js';
import { formatCorrelation, sharedDrawsText } from './shared-draws.js';
import { formatEstimate, formatRange } from './estimate.js';
import type { Shown } from './estimate.js';
import { slotWords } from './notes.js';
import { formatCount, formatNumber } from '../numeric/format.js';
import { column, joined, left, tableOf, tableText } from './table-model.js';
import type { Table } from './table-model.js';
import { formatDuration, formatQuantity } from './table.js';

/** A row a value that was looked at. */
export function designRows({ path, slots, scenario, result }: FinishedDesign): CsvRow[] {
  const { slotSeconds } = scenario;
  return result.evaluations.map(({ x, interval, ...at }) => ({
    slots,
    slotSeconds,
    [path]: x,
    ...at,
    riskInterval: interval,
  }));
}

/** The document of `design --json`. */
export function designDocument(run: FinishedDesign) {
  const { value, at, meets, fails, estimate, confidence, evaluations, reason } = run.result;
  return {
    ...documentHead(run),
    vary: run.path,
    find: run.find,
    risk: run.risk,
    budgetJoules: run.budgetJoules,
    startsFull: run.full,
    slots: run.slots,
    trials: run.trials,
    tolerance: run.tolerance,
    confidence,
    value,
    /**
     * With the stated confidence the risk at `meets` is at most the target, and at `fails` at least it; null: the limit
     * meets it.
     */
    meets,
    fails: fails ?? null,
    /** Where as many paths fail as the target allows: between the two, by a straight line. */
    estimate,
    riskAtValue: { estimate: at.failures / at.trials, failures: at.failures, trials: at.trials, interval: at.interval },
    reason,
    reasonInWords: reasonText(run),
    evaluations,
    /**
     * What the confidence rests on: whether paths that fail at the better of two values fail at the worse; shares and
     * correlations may be null.
     */
    neighbours: run.neighbours ?? null,
    elapsedSeconds: run.elapsedSeconds,
  };
}

/** The value that was found, with its interval. */
function answerTable({ scenario, path, find, result }: FinishedDesign): Table {
  const { value, at, meets, fails, confidence } = result;
  const [lower, upper] = [meets, fails ?? value].sort((a, b) => a - b);
  const interval = isAtLimit(result) ? 'at the limit' : `${inUnit(path, lower)} … ${inUnit(path, upper)}`;
  return tableOf([shownRisk(at)], {
    caption: 'The answer',
    columns: [
      left(`${find} ${path}`, () => inUnit(path, value)),
      left(`${percentOf(confidence)} % interval`, () => interval),
      column('risk', (risk) => formatEstimate(risk)),
      joined('its interval', (risk) => formatRange(risk)),
    ],
    note:
      `risk: at that value, on ${formatCount(at.failures)} of ${formatCount(at.trials)} paths; ` +
      `slots: of ${slotWords(scenario.slotSeconds)} each`,
  });
}

/** The values that were looked at. */
const evaluationsTable = ({ path, result }: FinishedDesign): Table =>
  tableOf(result.evaluations, {
    caption: 'Values that were looked at',
    columns: [
      column(path, ({ x }) => inUnit(path, x)),
      column('failures', ({ failures }) => formatCount(failures)),
      column('paths', ({ trials }) => formatCount(trials)),
      column('risk', (e) => formatEstimate(shownRisk(e))),
      column('interval', (e) => formatRange(shownRisk(e))),
      left('risk target', ({ verdict }) =>
        verdict === 'open' ? 'cannot be told' : verdict === 'meets' ? 'met' : 'missed',
      ),
    ],
    note:
      'failures: paths that need more than the budget; interval: of the risk; ' +
      'risk target: whether the paths show it met',
  });

const isAtLimit = ({ fails, meets, value }: FinishedDesign['result']): boolean =>
  fails === undefined && meets === value;

const percentOf = (share: number): string => String(Number((100 * share).toPrecision(4)));

/** The answer, why the search ended there, and what it looked at. */
export function designText(run: FinishedDesign): string {
  const { scenario, path, risk, budgetJoules, slots, result } = run;
  const what =
    budgetJoules === 0 ? 'any auxiliary energy' : `more auxiliary energy than ${formatQuantity(budgetJoules, 'J')}`;
  const where = isAtLimit(result)
    ? ''
    : `At ${inUnit(path, result.value)} the target is met with ${percentOf(result.confidence)} % confidence; ` +
      `the best estimate of where it begins to be is ${inUnit(path, result.estimate)}.\n`;
  return (
    `${scenario.name}: risk of ${what} within ${slots} slots at most ${String(risk)}${chargeText(run)}\n` +
    `\n${tableText(answerTable(run))}\n${where}` +
    `The search ended because ${reasonText(run)}. ` +
    `It looked at ${result.evaluations.length} values, each on the same first paths:\n\n` +
    `${tableText(evaluationsTable(run))}\n${neighboursText(run)}${formatDuration(run.elapsedSeconds)} on ${run.backend}\n`
  );
}

/** What two neighbouring values share, and what that says of the confidence. */
function neighboursText({ path, neighbours }: FinishedDesign): string {
  if (neighbours === undefined) return '';
  const { worse, better, draws, monotone, paths, failuresAtBetter, violations, violationShare, correlation } =
    neighbours;
  const [here, there] = [inUnit(path, better), inUnit(path, worse)];
  const rests = 'The confidence rests on paths that fail at a value failing at every worse one.';
  const share = Number.isNaN(violationShare) ? '' : ` (${formatNumber(100 * violationShare, 2)} %)`;
  const seen =
    `Of ${formatCount(paths)} paths ${formatCount(failuresAtBetter)} fail at ${here}, ` +
    `and ${formatCount(violations)} of them${share} not at ${there}`;
  const common = Number.isNaN(correlation) ? '' : `; the failures’ correlation is ${formatCorrelation(correlation)}`;
  const why = monotone ? ' They must, for the draws are the same, and more battery never lacks more.' : '';
  return `${rests}${why}\n${seen}${common}.\n${sharedDrawsText(draws, here, there)}\n\n`;
}

function chargeText({ full, path, scenario }: FinishedDesign): string {
  if (full) return ', starting full';
  if (path !== 'battery.capacityJoules') return '';
  return `, starting with ${formatQuantity(scenario.battery.initialJoules, 'J')} or full where that is less`;
}

const shownRisk = ({ failures, trials, interval }: DesignEvaluation): Shown => ({
  value: failures / trials,
  ...interval,
});

/** A value with the unit that its name ends with. */
function inUnit(path: string, x: number): string {
  if (/joules$/i.test(path)) return formatQuantity(x, 'J', 5);
  return /watts$/i.test(path) ? formatQuantity(x, 'W', 5) : formatNumber(x, 5);
}

function reasonText({ result, tolerance, trials }: FinishedDesign): string {
  switch (result.reason) {
    case 'tolerance':
      return `the interval is as narrow as the tolerance asks, ${formatNumber(100 * tolerance, 3)} % of the value`;
    case 'step':
      return 'the ends of the interval are neighbours';
    case 'statistics':
      return `a narrower interval would need more than ${formatCount(trials)} paths a value (--trials)`;
    case 'limit':
      return 'the parameter’s limit meets the target';
    case 'budget':
      return `it had looked at ${formatCount(result.evaluations.length)} values`;
  }
}
