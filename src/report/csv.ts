/**
 * A result's rows as CSV: the numbers of its JSON document, one column a number, with its unit at the end of the
 * column's name (`meanDeficit_J`, `exact.quantiles.0.99_J`). Names that say their unit already get no other.
 */
import { csvFormatRows } from 'd3-dsv';

/** A row of a document: whatever JSON holds. */
export type CsvRow = object;

/** Columns in the order in which they first come; a row without one leaves its cell empty. Ends with a newline. */
export function csvText(rows: readonly CsvRow[]): string {
  const flat = rows.map((row) => new Map(leaves(row, [])));
  const names = [...new Set(flat.flatMap((row) => [...row.keys()]))];
  // Rows of many quantities have a column for the unit of each.
  const ofRows = names.includes('unit');
  const header = names.map((name) => (ofRows && isPlain(name) ? name : withUnit(name)));
  return `${csvFormatRows([header, ...flat.map((row) => names.map((name) => cell(row.get(name))))])}\n`;
}

/** Nested names are set apart by dots; members of lists are called by their names, or counted. */
function leaves(value: unknown, path: readonly string[]): [string, unknown][] {
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, i) => {
      if (typeof item !== 'object' || item === null || !('name' in item)) return leaves(item, [...path, String(i)]);
      const { name, ...rest } = item as Record<string, unknown>;
      return leaves(rest, [...path, String(name)]);
    });
  }
  if (typeof value !== 'object' || value === null) return [[path.join('.'), value]];
  return Object.entries(value).flatMap(([key, inside]) => leaves(inside, [...path, key]));
}

/** What JSON has as null is an empty cell. */
function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}

const JOULES = 'J';
const NONE = '';

/** Units by the name of a key; those of whole groups hold for all that is in them and says nothing else. */
const UNITS: Readonly<Record<string, string | undefined>> = {
  ...each(JOULES, 'meanDeficit charge safeCharge meanExcess meanExcessError conditionalValueAtRisk binError'),
  ...each(JOULES, 'conditionalValueAtRiskError meanExcessInterval conditionalValueAtRiskInterval waste level'),
  ...each(JOULES, 'consumption aboveBound undoneEnergy controlled atSimulatedCharge'),
  ...each(NONE, 'slots trials probability probabilityZero probabilityEmpty probabilityFull probabilityNone cdf'),
  ...each(NONE, 'cdfError verdicts violations deficitFraction overflowedShare allowance brownianDistance risk hits'),
  ...each(NONE, 'relativeStandardError effectiveSampleSize largestWeight theta logTransform samplingBias tokens'),
  ...each(NONE, 'corrected brownian exact lundbergBound feasible successProbability weight firstPassage'),
  ...each(NONE, 'taskSuccessProbability failureProbability mostTries meanTries tasks'),
  ...each(NONE, 'probabilityZeroInterval probabilityEmptyInterval probabilityFullInterval riskInterval'),
  ...each('slot', 'slotQuantiles meanPassageSlot'),
  ...each('slots', 'deficitSlots'),
  ...each('tasks', 'dispatched undone'),
  peakWatts: 'W',
};

/** Names that say nothing of a unit: what they are in does, and at the top a number of joules. */
const PLAIN = new Set(
  (
    'mean value estimate standardError standardDeviation quantiles error lower upper interval ' +
    'meanInterval standardDeviationInterval quantileIntervals'
  ).split(' '),
);

function each(unit: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(' ').map((name) => [name, unit]));
}

/** Of what a design or a sweep varies, by its path. */
const VARIED: Readonly<Record<string, string | undefined>> = { 'harvest.mean': 'J/slot', 'harvest.variance': 'J²' };

const NAMES_ITS_UNIT = /(Joules|Watts|Seconds|Slots?|PerSecond|KilowattHours|Hours|Days)$|^joulesPer|^slotsPer/;

/** The unit of a column; the empty text where it has none, or where its name says it. */
export function unitOfColumn(name: string): string {
  // A row's own level is the probability of a quantile or a risk; a battery's is a group of numbers.
  if (name === 'level') return NONE;
  const varied = VARIED[name.replace(/^values\./, '')];
  if (varied !== undefined) return varied;
  // Probabilities of quantiles and points of a CDF have dots of their own.
  const path = name.replaceAll(/\.\d[\d.e+-]*(?=\.|$)/g, '').split('.');
  const last = path[path.length - 1];
  if (NAMES_ITS_UNIT.test(last)) return NONE;
  for (const key of [...path].reverse()) {
    // A law's own numbers are of the deficit; alone under its name it is a probability.
    if (path.length > 1 && key !== last && ['exact', 'corrected', 'brownian', 'lumped', 'simulated'].includes(key))
      break;
    const unit = UNITS[key];
    if (unit !== undefined) return unit;
    if (!PLAIN.has(key)) return NONE;
  }
  return JOULES;
}

const isPlain = (name: string): boolean => name.split('.').every((key) => PLAIN.has(key));

function withUnit(name: string): string {
  const unit = unitOfColumn(name);
  return unit === NONE ? name : `${name}_${unit}`;
}
