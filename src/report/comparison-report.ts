/** `compare` for a terminal and as a JSON document. */
import { largestOf } from '../numeric/extremes.js';
import type { ComparedHorizon, ComparedSide, FinishedComparison, SteadyComparison } from '../study/comparing.js';
import { FORGOTTEN } from '../study/warm-up.js';
import { SITE_VIOLATION } from '../engine/site-job.js';
import type { ExpectedFailures } from '../fleet/failures.js';
import type { QuantityDifference, QuantityName } from '../stats/comparison.js';
import { VERSION } from '../version.js';
import type { CsvRow } from './csv.js';
import { correlationText, formatCorrelation, sharedDrawsText, uncommonDraws } from './shared-draws.js';
import { formatLike } from './estimate.js';
import type { Format, Shown } from './estimate.js';
import { slotsNote } from './notes.js';
import { formatCount, formatNumber } from '../numeric/format.js';
import { VIOLATIONS } from './site-names.js';
import { column, joined, left, tableOf, tableText } from './table-model.js';
import { formatDuration, formatQuantity, scaleFor } from './table.js';
import type { Scaled } from './table.js';

/** Whether no side broke a deadline or a bound. */
export function isSound({ sides }: FinishedComparison): boolean {
  return sides.every((side) => side.violatedPaths === 0);
}

/** The document of `compare --json`. */
export function comparisonDocument(run: FinishedComparison) {
  return {
    schemaVersion: 1,
    seed: run.seed,
    engine: { version: VERSION, backend: run.backend, adapter: run.adapter },
    trials: run.trials,
    familyAlpha: run.familyAlpha,
    pass: isSound(run),
    sides: run.sides.map(({ violations, draws, failures, ...side }) => ({
      ...side,
      uncommon: uncommonDraws(draws, run.sides[0].name, side.name),
      ...{ draws, failures, violations: violationNames(violations) },
    })),
    comparisons: run.comparisons.map((horizons, i) => ({
      name: run.sides[i + 1].name,
      against: run.sides[0].name,
      horizons,
      ...(run.steady[i].length === 0 ? {} : { steady: run.steady[i] }),
    })),
    elapsedSeconds: run.elapsedSeconds,
    pathSlotsPerSecond: run.pathSlotsPerSecond,
  };
}

/** A row a side, horizon and quantity, each with its unit. */
export function comparisonRows({ comparisons }: ReturnType<typeof comparisonDocument>): CsvRow[] {
  return comparisons.flatMap(({ name, against, horizons, steady = [] }) =>
    [...horizons, ...steady].flatMap(({ quantities, ...at }) =>
      quantities.map((quantity): CsvRow => ({ side: name, against, fromSlots: 0, ...at, ...quantity })),
    ),
  );
}

/** What is said in words where the interval excludes zero: less of it, or more. */
const WORDS: Readonly<Record<QuantityName, string>> = {
  auxiliary: 'auxiliary energy',
  riskOfAuxiliary: 'risk of any auxiliary energy',
  peak: 'peak auxiliary power',
  deficitSlots: 'slots in deficit',
  waste: 'harvest wasted',
  consumption: 'energy consumed',
  dispatched: 'tasks dispatched',
  level: 'charge left',
  undone: 'tasks undone at T',
  undoneEnergy: 'energy owed at T',
  energyPerTask: 'energy per task',
  meanWait: 'mean wait',
};

/** Quantities that a sentence is made of. */
const SPOKEN: readonly QuantityName[] = ['auxiliary', 'peak', 'waste', 'energyPerTask'];

/** Fewer paths than these that differ make a normal interval too narrow. */
const FEW = 30;

/** What the tables' columns are. */
const NOTE =
  'mean: up to T, over the paths; difference: of the same paths, with its interval; ' +
  'change: the difference relative to the first; zero?: whether the interval holds it; ' +
  'correlation: of the two over paths; worth: how many times as many paths independent runs would need\n';

/** The tables of `compare`, and sentences below each. */
export function comparisonText(run: FinishedComparison): string {
  const [first] = run.sides;
  const percent = formatNumber(100 * (1 - run.familyAlpha), 2);
  const head =
    `${run.sides.length} scenarios, ${formatCount(run.trials)} paths each, seed ${run.seed}, compared path by path; ` +
    `differences are from ${first.name}, all intervals right at once with ${percent} % confidence\n`;
  const parts = run.comparisons.map((horizons, i) => {
    const side = run.sides[i + 1];
    const tables = horizons.map(
      ({ slots, quantities }) =>
        `\n${side.name} against ${first.name}, T = ${slots}\n\n${table(first.name, side.name, quantities)}`,
    );
    const last = horizons[horizons.length - 1];
    const windows = run.steady[i];
    const failures = failuresText(first, side);
    if (windows.length === 0) return `${tables.join('')}\n${sentences(first.name, side, last.quantities)}${failures}`;
    const steady = windows.map(
      ({ fromSlots, slots, quantities }) =>
        `\n${side.name} against ${first.name}, steady: the ${slots - fromSlots} slots after the first ${fromSlots}\n\n` +
        table(first.name, side.name, quantities),
    );
    const final = windows[windows.length - 1];
    return (
      [...tables, ...steady].join('') +
      `\nSteady, over slots ${final.fromSlots + 1} to ${final.slots}${rememberedText(final)}:\n` +
      sentences(first.name, side, final.quantities) +
      owedText(first.name, side.name, last) +
      failures
    );
  });
  const speed = `${formatDuration(run.elapsedSeconds)} on ${run.backend}, ${formatNumber(run.pathSlotsPerSecond / 1e6, 3)} M path-slots/s\n`;
  return `${head}${parts.join('')}\n${slotsNote(first.scenario.slotSeconds)}; ${NOTE}${soundness(run)}${speed}`;
}

function table(first: string, name: string, quantities: readonly QuantityDifference[]): string {
  const rows = quantities.map((q) => {
    const scale = unitOf(q, [q.meanFirst, q.mean, q.difference]);
    const difference = { value: q.difference, ...q.interval };
    const isEqual = q.differing === 0;
    return {
      ...{ ...q, unit: scale.unit, difference, isEqual },
      format: signedLike(difference, scale.factor),
      // Means are shown as far as their difference is.
      mean: (x: number) => (isEqual ? formatNumber(x / scale.factor) : formatLike(difference, scale.factor)(x)),
      isCorrelated: !isEqual && !Number.isNaN(q.correlation),
      means: [q.meanFirst, q.mean],
    };
  });
  return tableText(
    tableOf(rows, {
      caption: `${name} against ${first}`,
      columns: [
        left('mean', (q) => WORDS[q.quantity]),
        left('unit', (q) => q.unit),
        [first, name].map((side, i) => column(short(side), (q) => q.mean(q.means[i]))),
        column('difference', (q) => (q.isEqual ? '0' : q.format(q.difference.value))),
        joined('interval', (q) => (q.isEqual ? '' : `${q.format(q.interval.lower)} … ${q.format(q.interval.upper)}`)),
        column('change', (q) =>
          q.isEqual || q.meanFirst === 0 ? '' : `${signedLike(q.difference, q.meanFirst / 100)(q.difference.value)} %`,
        ),
        left('zero?', (q) => (q.isEqual ? 'equal on every path' : q.excludesZero ? 'excluded' : 'within')),
        column('correlation', (q) => (q.isCorrelated ? formatCorrelation(q.correlation) : '')),
        column('worth', (q) => (q.isCorrelated ? `${formatNumber(q.varianceReduction, 2)} ×` : '')),
      ],
    }),
  );
}

/** The multiple of a quantity's unit that suits the largest of its values: an interval may have an end near 0. */
function unitOf({ unit }: QuantityDifference, values: readonly number[]): Scaled {
  if (unit !== 'J' && unit !== 'W') return { unit, factor: 1 };
  return scaleFor([largestOf(values.map(Math.abs))], unit);
}

/** Long names would push columns apart. */
const short = (name: string): string => (name.length > 16 ? `${name.slice(0, 15)}…` : name);

/** Differences and the ends of their intervals, each with its sign. */
function signedLike(shown: Shown, factor: number): Format {
  const format = formatLike(shown, factor);
  return (x) => {
    const text = format(Math.abs(x));
    // What is rounded to nothing has no sign.
    if (/^[0.]*$/.test(text)) return text;
    return x / factor < 0 ? `−${text}` : `+${text}`;
  };
}

function sentences(first: string, side: ComparedSide, quantities: readonly QuantityDifference[]): string {
  const lines: string[] = [];
  if (quantities.every((q) => q.differing === 0)) {
    lines.push(`${side.name} and ${first} are equal on every path.`);
  }
  for (const q of quantities) {
    if (!SPOKEN.includes(q.quantity) || q.differing === 0) continue;
    lines.push(sentence(first, side.name, q));
  }
  const wait = quantities.find((q) => q.quantity === 'meanWait');
  if (wait !== undefined && wait.differing > 0 && Number.isFinite(wait.mean)) {
    lines.push(
      `Tasks wait ${formatNumber(wait.mean, 3)} slots on average under ${side.name}, ${formatNumber(wait.meanFirst, 3)} under ${first}.`,
    );
  }
  if (quantities.some((q) => q.differing > 0 && q.differing < FEW)) {
    lines.push(`Some differ on fewer than ${FEW} paths: those intervals are too narrow; take more --trials.`);
  }
  lines.push(common(first, side, quantities));
  return lines.map((line) => `${line}\n`).join('');
}

/** What the two share, and what that is worth for the first of the spoken quantities that varies in both. */
function common(first: string, { name, draws }: ComparedSide, quantities: readonly QuantityDifference[]): string {
  const shared = sharedDrawsText(draws, first, name);
  const q = SPOKEN.map((spoken) => quantities.find(({ quantity }) => quantity === spoken)).find(
    (found) => found !== undefined && found.differing > 0 && !Number.isNaN(found.correlation),
  );
  if (q === undefined) return shared;
  return `${shared} Of ${WORDS[q.quantity]}, ${correlationText(q.correlation, q.varianceReduction)}.`;
}

/** Whether the start is still felt in a steady comparison. */
function rememberedText({ remembered }: SteadyComparison): string {
  if (remembered === null) return ' (how much of the start is still felt was not measured)';
  const percent = `${formatNumber(100 * remembered, 2)} %`;
  return remembered > FORGOTTEN
    ? ` (the start is still felt: a full battery in place of an empty one would change ${percent} of the auxiliary energy)`
    : '';
}

/** What is left undone at the last horizon, so that nobody takes it for saved. */
function owedText(first: string, name: string, { slots, quantities }: ComparedHorizon): string {
  const of = (wanted: QuantityName): QuantityDifference | undefined =>
    quantities.find(({ quantity }) => quantity === wanted);
  const tasks = of('undone');
  const energy = of('undoneEnergy');
  if (tasks === undefined || energy === undefined || (energy.mean === 0 && energy.meanFirst === 0)) return '';
  return (
    `At T = ${slots} ${name} leaves ${formatNumber(tasks.mean, 3)} tasks undone, ${first} ${formatNumber(tasks.meanFirst, 3)}; at least ` +
    `${formatQuantity(energy.mean, 'J', 3)} and ${formatQuantity(energy.meanFirst, 'J', 3)} are owed beyond T, which totals up to T do not show.\n`
  );
}

/** How many tasks fail up to the last horizon, where the two differ in that. */
function failuresText(first: ComparedSide, side: ComparedSide): string {
  const [a, b] = [first, side].map(({ failures }) => failures?.at(-1));
  if (a === undefined || b === undefined || (a.least === b.least && a.most === b.most)) return '';
  const shown = ({ least, most }: ExpectedFailures): string =>
    least === most ? formatNumber(least, 3) : `between ${formatNumber(least, 3)} and ${formatNumber(most, 3)}`;
  const [fail, others] = [`${shown(b)} fail on average under ${side.name}`, `${shown(a)} under ${first.name}`];
  return `Of the tasks that arrive up to T = ${b.slots}, ${fail}, ${others}.\n`;
}

function sentence(first: string, name: string, q: QuantityDifference): string {
  const { factor, unit } = unitOf(q, [q.difference]);
  const difference = { value: q.difference, ...q.interval };
  const number = signedLike(difference, factor);
  const range = `${number(q.difference)} ${unit}, interval ${number(q.interval.lower)} … ${number(q.interval.upper)} ${unit}`;
  const what = WORDS[q.quantity];
  if (!q.excludesZero) return `${name} shows no difference from ${first} in ${what}: ${range} holds zero.`;
  const less = q.difference < 0 ? 'less' : 'more';
  const share = q.meanFirst === 0 ? '' : `${formatLike(difference, q.meanFirst / 100)(Math.abs(q.difference))} % `;
  return `${name} has ${share}${less} ${what} than ${first}: ${range} excludes zero.`;
}

function violationNames(flags: number): (keyof typeof SITE_VIOLATION)[] {
  return (Object.keys(SITE_VIOLATION) as (keyof typeof SITE_VIOLATION)[]).filter(
    (name) => (flags & SITE_VIOLATION[name]) !== 0,
  );
}

function soundness(run: FinishedComparison): string {
  const full = run.sides
    .filter((side) => side.overflowed > 0)
    .map(
      ({ name, overflowed }) =>
        `${name}: ${formatCount(overflowed)} tasks were dispatched at once because the queue was full\n`,
    );
  const broken = run.sides
    .filter((side) => side.violatedPaths > 0)
    .map(
      ({ name, violatedPaths, violations }) =>
        `FAIL: ${name}, on ${formatCount(violatedPaths)} paths: ${violationNames(violations)
          .map((v) => VIOLATIONS[v])
          .join('; ')}\n`,
    );
  const sound = broken.length > 0 ? broken.join('') : 'No deadline was missed and no bound broken on any path.\n';
  return full.join('') + sound;
}
