/**
 * How the harvest of a scenario changes in time, resolved: weather at rest, factors of mean 1, traces in joules a slot
 * (docs/model.md has none of it: the paper's section V leaves it out).
 */
import { InputError } from '../errors.js';
import type { HarvestByTrace, Scenario, Weather } from '../scenario/scenario.js';
import { planBlocks, planStarts } from '../scenario/trace/blocks.js';
import { traceSlots } from '../scenario/trace/slots.js';
import { EVEN, multiplyProfiles } from './periodic.js';
import type { PeriodicFactors } from './periodic.js';
import type { HarvestLaw } from './walk-law.js';

/** The weather as a chain of states. */
export interface WeatherChain {
  /** Row-stochastic: transitions[i][j] is the probability of state j after state i. */
  readonly transitions: readonly Float64Array[];
  /** Probabilities of the states in slot 0. */
  readonly initial: Float64Array;
  /** The law at rest: what slot 0 has where no initial state is named. */
  readonly atRest: Float64Array;
  /** The state changes before every slot t > 0 that is a multiple of this. */
  readonly slotsPerStep: number;
}

/** H = f(t) · G, G of the law of the state. */
export interface GammaProcess {
  readonly kind: 'gamma';
  /** Law of G by state; at rest and over a period the mean harvest is the scenario's. */
  readonly laws: readonly HarvestLaw[];
  readonly weather: WeatherChain | undefined;
  readonly factors: PeriodicFactors;
  /** ρ of the Gaussian copula from slot to slot; undefined where slots are independent. */
  readonly correlation: number | undefined;
}

/** H = joules of the slot, times noise. */
export interface TraceProcess {
  readonly kind: 'trace';
  readonly joules: Float64Array;
  readonly slotsPerValue: number;
  readonly noiseShape: number | undefined;
  readonly randomStart: boolean;
  /** Blocks of a bootstrap: their slots; undefined for a loop. */
  readonly blockSlots: number | undefined;
  /** Random starts and blocks begin at multiples of so many values. */
  readonly alignValues: number;
  /** How many such places there are. */
  readonly places: number;
}

/** A block of a bootstrap that names none. */
const DAY_SECONDS = 86_400;

export type HarvestProcessLaw = GammaProcess | TraceProcess;

/**
 * @param law of a slot of factor 1
 * @throws {InputError} where durations do not fit each other
 */
export function harvestProcess(scenario: Scenario, law: HarvestLaw): HarvestProcessLaw {
  const { harvest } = scenario;
  if ('trace' in harvest) return traceProcess(scenario, harvest, law);
  const factors = multiplyProfiles(harvest.profile, 'harvest.profile');
  const { weather, correlation } = harvest;
  const plain = { kind: 'gamma' as const, factors, correlation };
  if (weather === undefined) return { ...plain, laws: [law], weather: undefined };
  const chain = weatherChain(weather);
  const mean = weather.states.reduce((sum, { factor }, i) => sum + factor * chain.atRest[i], 0);
  if (!(mean > 0)) {
    throw new InputError(
      'harvest.weather: got states that at rest harvest nothing, expected a state with a factor > 0 that is reached',
      'harvest.weather',
    );
  }
  const laws = weather.states.map(({ factor, shape = law.shape }): HarvestLaw => {
    return { shape, scaleJoules: (law.shape * law.scaleJoules * factor) / mean / shape };
  });
  // One state is no weather: nothing is drawn for it.
  return { ...plain, laws, weather: laws.length === 1 ? undefined : chain };
}

/**
 * The chain of a weather, with its law at rest. @throws {InputError} where that depends on the first state and none is
 * named
 */
function weatherChain({ states, transitions, slotsPerStep, initial }: Weather): WeatherChain {
  const rows = transitions.map((row) => {
    const sum = row.reduce((a, b) => a + b, 0);
    return Float64Array.from(row, (p) => p / sum);
  });
  const atRest = restingLaw(rows);
  const named = states.findIndex((s) => s.name === initial);
  const start = named < 0 ? atRest : Float64Array.from(states, (_, i) => (i === named ? 1 : 0));
  return { transitions: rows, initial: start, atRest, slotsPerStep };
}

/**
 * π = πP by elimination without subtractions (Grassmann, Taksar and Heyman 1985). @throws {InputError} where states do
 * not all lead to one class
 */
export function restingLaw(transitions: readonly Float64Array[]): Float64Array {
  const n = transitions.length;
  const recurrent = closedClass(transitions);
  const index = [...recurrent];
  const m = index.length;
  const p = index.map((i) => Float64Array.from(index, (j) => transitions[i][j]));
  for (let k = m - 1; k > 0; k--) {
    let out = 0;
    for (let j = 0; j < k; j++) out += p[k][j];
    for (let i = 0; i < k; i++) p[i][k] /= out;
    for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) p[i][j] += p[i][k] * p[k][j];
  }
  const weight = new Float64Array(m);
  weight[0] = 1;
  for (let k = 1; k < m; k++) for (let i = 0; i < k; i++) weight[k] += weight[i] * p[i][k];
  const total = weight.reduce((a, b) => a + b, 0);
  const law = new Float64Array(n);
  index.forEach((state, i) => (law[state] = weight[i] / total));
  return law;
}

/** The states that the chain ends in: those that can be reached from every state. */
function closedClass(transitions: readonly Float64Array[]): Set<number> {
  const reached = transitions.map((_, i) => {
    const seen = new Set([i]);
    for (const state of seen) transitions[state].forEach((q, j) => q > 0 && seen.add(j));
    return seen;
  });
  const common = transitions.flatMap((_, j) => (reached.every((seen) => seen.has(j)) ? [j] : []));
  if (common.length === 0) {
    throw new InputError(
      'harvest.weather.transitions: got states that never lead to each other, expected a chain with one law at rest',
      'harvest.weather.transitions',
    );
  }
  return new Set(common);
}

function traceProcess(scenario: Scenario, { trace }: HarvestByTrace, law: HarvestLaw): TraceProcess {
  const { slotSeconds } = scenario;
  const slots = traceSlots(trace, slotSeconds);
  const { joulesPerValue, slotsPerValue } = slots;
  const own = joulesPerValue.reduce((a, b) => a + b, 0) / joulesPerValue.length;
  const scale = (law.shape * law.scaleJoules) / own;
  const valueSeconds = slotsPerValue * slotSeconds;
  const { alignSeconds = valueSeconds } = trace;
  const blockSeconds =
    trace.play === 'bootstrap' ? (trace.blockSeconds ?? Math.max(alignSeconds, DAY_SECONDS)) : undefined;
  const blocks =
    blockSeconds === undefined ? undefined : planBlocks(slots, slotSeconds, { blockSeconds, alignSeconds });
  const plan = blocks ?? (trace.start === 'random' ? planStarts(slots, slotSeconds, alignSeconds) : undefined);
  return {
    kind: 'trace',
    joules: Float64Array.from(joulesPerValue, (x) => x * scale),
    slotsPerValue,
    noiseShape: trace.noiseShape,
    randomStart: trace.start === 'random',
    blockSlots: blocks?.blockSlots,
    alignValues: plan?.alignValues ?? 1,
    places: plan?.starts ?? 1,
  };
}

/** A process that is the base Gamma law in every slot. */
export function isSteady(process: HarvestProcessLaw): boolean {
  return (
    process.kind === 'gamma' &&
    process.factors === EVEN &&
    process.weather === undefined &&
    (process.correlation ?? 0) === 0
  );
}
