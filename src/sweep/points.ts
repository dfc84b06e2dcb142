/**
 * The points of a sweep: every combination of its axes' values, each a checked scenario of its own before any is run.
 */
import { resolveScenario } from '../fleet/resolve.js';
import { canonicalJson, sha256HexOfParts } from '../hash.js';
import { InputError } from '../errors.js';
import { Memo } from '../memo.js';
import { drift, volatility } from '../fleet/walk-law.js';
import { checkWalk } from '../law/sampled-law.js';
import { checkSite } from '../law/site-law.js';
import { parseScenario } from '../scenario/parse.js';
import { presetDocument } from '../scenario/presets.js';
import type { Scenario } from '../scenario/scenario.js';
import { checkTrialsForRisk } from '../stats/reserve.js';
import { modelKindOf } from '../study/study.js';
import type { ModelKind } from '../study/model.js';
import { withValue } from '../scenario/document-path.js';
import type { AxisValue, SweepFile } from './sweep-file.js';
import { axisValues } from './sweep-file.js';

/** One point. */
export interface SweepPoint {
  /** From 0; the last axis varies fastest. */
  readonly index: number;
  /** By the names of the axes. */
  readonly values: Readonly<Record<string, AxisValue>>;
  readonly scenario: Scenario;
  readonly seed: string;
  /** The model that it is seen by. Of a site the deficit is the auxiliary energy of its battery. */
  readonly kind: ModelKind;
  /** Of the walk without what changes in time. */
  readonly driftJoulesPerSlot: number;
  readonly volatilityJoules: number;
}

/** A sweep made ready: the file, and its points in order. */
export interface Sweep {
  readonly file: SweepFile;
  /** Names of the axes, in the order of the file. */
  readonly axes: readonly string[];
  readonly points: readonly SweepPoint[];
  /** Of everything that decides the results: the same for equal sweeps. */
  readonly sha256: string;
}

/** Most points of a sweep: each takes about a kilobyte while it runs, and some of the results, which are one text. */
const MOST_POINTS = 100_000;
/** Parts of scenarios that are remembered while points are laid out. */
const MOST_SHARED = 64;

/** Lays out all points and checks each. @throws {InputError} that names the point and its field. */
export function planSweep(file: SweepFile): Sweep {
  checkRisks(file);
  const base = typeof file.base === 'string' ? presetDocument(file.base) : file.base;
  checkBase(base);
  const axes = Object.keys(file.axes);
  const combinations = combine(file);
  const slots = file.horizons[file.horizons.length - 1];
  const seedOf = pointSeeds(file);
  const shared = sharing();
  const points = combinations.map((values, index): SweepPoint => {
    const seed = seedOf(values);
    let document = base;
    for (const [path, value] of Object.entries(values)) document = withValue(document, path, value);
    try {
      const scenario = shared(parseScenario(document));
      const resolved = resolveScenario(scenario);
      const { walk } = resolved;
      const kind = modelKindOf(resolved, 'point');
      if (kind === 'site') checkSite(resolved.site, slots);
      else checkWalk(walk, { slots, initialJoules: scenario.battery.initialJoules });
      const [driftJoulesPerSlot, volatilityJoules] = [drift(walk), volatility(walk)];
      return { index, values, scenario, seed, kind, driftJoulesPerSlot, volatilityJoules };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const where = Object.entries(values).map(([path, value]) => `${path} = ${JSON.stringify(value)}`);
      const named = where.length === 0 ? 'base' : `point ${index} (${where.join(', ')})`;
      throw new InputError(`${named}: ${error.message}`, error.field, { cause: error });
    }
  });
  return { file, axes, points, sha256: sweepSha256(file, points) };
}

/** Makes points hold equal parts of their scenarios together: most differ in what the axes set alone. */
export function sharing(): (scenario: Scenario) => Scenario {
  const parts = new Memo<unknown>(MOST_SHARED);
  return (scenario) => {
    const entries = Object.entries(scenario).map(([key, part]: [string, unknown]) =>
      typeof part === 'object' ? [key, parts.of(JSON.stringify(part), () => part)] : [key, part],
    );
    return Object.fromEntries(entries) as Scenario;
  };
}

/**
 * Seeds of points, asked for in their order. Apart, a seed is of the point's values, not of its place: a point keeps
 * its results where the sweep gets more of them. Where values come again, as those of an axis that has one twice, the
 * second such point, the third and so on have their number in the seed: each is a run of its own, and adding one more
 * leaves the others as they are.
 */
function pointSeeds({ seed, seeds }: SweepFile): (values: SweepPoint['values']) => string {
  if (seeds === 'shared') return () => seed;
  const times = new Map<string, number>();
  return (values) => {
    const own = `${seed} ${canonicalJson(values)}`;
    const time = (times.get(own) ?? 0) + 1;
    times.set(own, time);
    return time === 1 ? own : `${own} ${time}`;
  };
}

/** A risk is read from a run only where enough paths exceed its charge. */
function checkRisks({ risks, trials }: SweepFile): void {
  risks.forEach((risk, i) => {
    checkTrialsForRisk(`risks[${i}]`, risk, trials);
  });
}

/**
 * The base is checked by itself where it can stand alone, so that its own mistakes are not told as those of a point.
 */
function checkBase(base: unknown): void {
  if (typeof base !== 'object' || base === null || 'schemaVersion' in base) return;
  throw new InputError('base.schemaVersion: missing, expected 1: base is a whole scenario', 'base.schemaVersion');
}

/** Axes that walk together, and how many values they have. */
export interface AxisGroup {
  readonly axes: readonly string[];
  readonly count: number;
}

/** The groups of a sweep's axes: they multiply, the last fastest; zipped axes walk with the first of their group. */
export function axisGroups({ axes, zip }: SweepFile): AxisGroup[] {
  const groups: string[][] = [];
  for (const name of Object.keys(axes)) {
    const group = zip.find((own) => own.includes(name));
    if (group === undefined) groups.push([name]);
    else if (!groups.some((own) => own[0] === group[0])) groups.push([...group]);
  }
  return groups.map((group) => ({ axes: group, count: axisValues(axes[group[0]]).length }));
}

/** All combinations in order. */
function combine(file: SweepFile): Record<string, AxisValue>[] {
  const groups = axisGroups(file);
  const values = new Map(Object.entries(file.axes).map(([name, axis]) => [name, axisValues(axis)]));
  const total = groups.reduce((product, { count }) => product * count, 1);
  if (total > MOST_POINTS) {
    throw new InputError(
      `axes: got ${total} points, expected at most ${MOST_POINTS} in one sweep: take fewer values, or several sweeps`,
      'axes',
    );
  }
  return Array.from({ length: total }, (_, index) => {
    let rest = index;
    const at = groups.map(() => 0);
    for (let g = groups.length - 1; g >= 0; g--) {
      at[g] = rest % groups[g].count;
      rest = Math.floor(rest / groups[g].count);
    }
    const own: Record<string, AxisValue> = {};
    for (const name of Object.keys(file.axes)) {
      const g = groups.findIndex(({ axes }) => axes.includes(name));
      own[name] = (values.get(name) as readonly AxisValue[])[at[g]];
    }
    return own;
  });
}

/** How a sweep is cut into shards, named and plotted does not change what comes out. */
function sweepSha256(file: SweepFile, points: readonly SweepPoint[]): string {
  return sha256HexOfParts(canonicalParts(file, points));
}

/** Canonical JSON of what is hashed, point by point: the whole of many points is more than a text can hold. */
function* canonicalParts(file: SweepFile, points: readonly SweepPoint[]): Generator<string> {
  const { trials, horizons, risks, exact } = file;
  // Keys of canonical JSON are in order: "points" comes after "horizons".
  yield `${canonicalJson({ axes: Object.keys(file.axes), exact, horizons }).slice(0, -1)},"points":[`;
  for (const { index, values, scenario, seed } of points) {
    yield `${index === 0 ? '' : ','}${canonicalJson({ values, scenario, seed })}`;
  }
  yield `],${canonicalJson({ risks, trials }).slice(1)}`;
}
