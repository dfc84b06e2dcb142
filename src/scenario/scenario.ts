/**
 * The checked scenario: what a user's file says once it has been validated and its defaults are filled in. It holds no
 * derived numbers (`fleet/` computes those) and is itself a valid scenario document, so it can be written out and read
 * again.
 */

/** Speeds and energy costs of the machine that runs a model. */
export interface Hardware {
  /** Joules to read one parameter once (e_mem of eq. 40). */
  readonly joulesPerParameterAccess: number;
  /** Joules of one floating-point operation (e_flop of eq. 40). */
  readonly joulesPerFlop: number;
  /** Memory bandwidth in parameters per second. */
  readonly parametersPerSecond: number;
  /** Arithmetic throughput in floating-point operations per second. */
  readonly flopsPerSecond: number;
}

/** One reasoning model of the fleet. */
export interface Model {
  readonly name: string;
  /** N, number of parameters. */
  readonly parameters: number;
  /** n_layer, number of layers. */
  readonly layers: number;
  /** d, attention width. */
  readonly attentionWidth: number;
  /** What this model's machine does differently from `fleet.hardware`, field by field. */
  readonly hardware?: { readonly [K in keyof Hardware]?: number | undefined } | undefined;
}

/** Training-compute scaling L = E + A N^(−α) + B D^(−β) (Hoffmann et al. 2022) and the steepness κ of eq. 45. */
export interface Scaling {
  readonly steepness: number;
  readonly E: number;
  readonly A: number;
  readonly B: number;
  readonly alpha: number;
  readonly beta: number;
}

export interface Fleet {
  /** Hardware of every model that does not say otherwise; absent only where every model has all of its own. */
  readonly hardware?: Hardware | undefined;
  readonly models: readonly Model[];
  readonly scaling: Scaling;
}

/** A tolerance that is drawn: value i with probability weights[i] over their sum. */
export interface ToleranceLaw {
  readonly values: readonly number[];
  readonly weights: readonly number[];
}

/** A kind of task whose energy follows from its difficulty and from the model that serves it. */
export interface DifficultyTask {
  readonly name: string;
  /** Relative frequency among arrivals, > 0; need not sum to 1. */
  readonly weight: number;
  /** ξ: the loss at which a skill succeeds half of the time; lower is harder. */
  readonly difficulty: number;
  /** m, sequential skills. */
  readonly skills: number;
  /** ω, tokens of one skill attempt. */
  readonly tokensPerSkill: number;
  /** ε, accepted probability of failure: one, or drawn for each task from a law over a few. */
  readonly tolerance: number | ToleranceLaw;
  /** δ, seconds from arrival to deadline. */
  readonly deadlineSeconds: number;
}

/** A kind of task whose energy is given outright. */
export interface EnergyTask {
  readonly name: string;
  readonly weight: number;
  readonly energyJoules: number;
  /** Slots that the task may wait; left out, 0. */
  readonly patienceSlots?: number | undefined;
}

/** Factors that repeat: slot t (from 0) has values[⌊t / slotsPerValue⌋ mod length], over their mean. */
export interface Profile {
  readonly values: readonly number[];
  readonly slotsPerValue: number;
}

/** One state of the weather: its factor of the mean harvest (over that at rest), the shape of its Gamma law. */
export interface WeatherState {
  readonly name: string;
  readonly factor: number;
  /** Left out: the harvest's own shape. */
  readonly shape?: number | undefined;
}

/** Markov-modulated weather: a state that changes before every slot t > 0 that is a multiple of `slotsPerStep`. */
export interface Weather {
  readonly slotsPerStep: number;
  readonly states: readonly WeatherState[];
  /** Row i: probabilities of the next state after state i. */
  readonly transitions: readonly (readonly number[])[];
  /** Name of the state of slot 0; left out, it is drawn from the law at rest. */
  readonly initial?: string | undefined;
}

/** How a harvest changes in time. */
export interface HarvestProcess {
  /** Profiles multiply: a day and a season. */
  readonly profile?: readonly Profile[] | undefined;
  readonly weather?: Weather | undefined;
  /** ρ: lag-one coefficient, a slot, of a Gaussian autoregression mapped to the Gamma law (a copula). */
  readonly correlation?: number | undefined;
}

/**
 * What a router burns beyond the least that its tasks need (the excess of eq. 39 and the overhead of section III-C):
 * for the wrong model, for itself (its joules, and what its seconds cost by models that drop out), for more thinking
 * than the tolerance asks for, for tasks that fail and are served again.
 */
export const EXCESSES = ['errors', 'overhead', 'thinking', 'retries'] as const;
export type Excess = (typeof EXCESSES)[number];

/** What `critical`, `matched` and `timesDemand` refer to. */
interface SizedHarvest {
  /** What the demand includes beyond the least demand of eq. 23; left out, nothing. */
  readonly sizedFor?: readonly Excess[] | undefined;
}

/** Gamma harvest by its moments, absolute or relative to the demand. */
export interface HarvestByMoments extends HarvestProcess, SizedHarvest {
  /** `critical`: E[H] = E[C]; a number: joules a slot; `timesDemand`: times E[C]. C: the demand of `sizedFor`. */
  readonly mean: 'critical' | number | { readonly timesDemand: number };
  /** `matched`: Var[H] = Var[C]; a number: joules². */
  readonly variance: 'matched' | number;
}

/** Gamma harvest by its own parameters. */
export interface HarvestByShape extends HarvestProcess {
  readonly shape: number;
  readonly scaleJoules: number;
}

/** What every policy takes. */
interface PolicyLimits {
  /** Most slots that a task is let wait, whatever its deadline allows. */
  readonly maximumWaitSlots?: number | undefined;
  /** Most tasks that wait at once; those beyond are dispatched as they arrive, and counted. */
  readonly queueLimit: number;
}

/**
 * When tasks are dispatched. `myopic`: as they arrive. `latest`: as late as allowed. `threshold`: as soon as the
 * battery holds `levelJoules`. `backpressure`: the next due, while joulesPerTask × tasks waiting is more than what the
 * battery lacks of `targetJoules`. All dispatch a task in its last feasible slot at the latest, and see the battery as
 * it is at the start of a slot.
 */
export type Policy = PolicyLimits &
  (
    | { readonly kind: 'myopic' | 'latest' }
    | { readonly kind: 'threshold'; readonly levelJoules: number }
    | { readonly kind: 'backpressure'; readonly targetJoules: number; readonly joulesPerTask: number }
  );

/** A harvest that was measured: values that each last `secondsPerValue`. */
export interface Trace {
  readonly values: readonly number[];
  readonly unit: 'W' | 'kW' | 'J' | 'kWh';
  readonly secondsPerValue: number;
  /** `loop`: again and again from its start; `bootstrap`: blocks drawn at random. */
  readonly play: 'loop' | 'bootstrap';
  /** Where paths begin: all at the first value, or each at a random one. */
  readonly start: 'first' | 'random';
  /** Length of a bootstrap's blocks. */
  readonly blockSeconds?: number | undefined;
  /** Blocks and random starts begin at multiples of this, counted from the first value: a day keeps nights at night. */
  readonly alignSeconds?: number | undefined;
  /** Shape of a Gamma factor of mean 1 that every slot's harvest is multiplied by; left out, there is none. */
  readonly noiseShape?: number | undefined;
}

/** Harvest by a trace, scaled to a mean where one is given. */
export interface HarvestByTrace extends SizedHarvest {
  readonly trace: Trace;
  readonly mean?: HarvestByMoments['mean'] | undefined;
}

/**
 * Thinking beyond the least that meets the tolerance (eq. 18), as far as the deadline allows: so many times the tokens,
 * or as many as a smaller probability of failure takes.
 */
export type Thinking = { readonly factor: number } | { readonly tolerance: number };

/** Tasks that failed are served again, on the same model, with the same thinking. */
export interface Retries {
  /** Most times that a task is served again. */
  readonly most: number | 'unlimited';
  /** `keep`: only as often as the deadline allows, by the slots that a service takes. `ignore`: late or not. */
  readonly deadline: 'keep' | 'ignore';
}

/** `seconds`: a service fits if its time does. `slots`: if its whole slots fit the whole slots of the time left. */
export type DeadlineRule = 'seconds' | 'slots';

export interface Routing {
  /** η: probability that a task goes to a feasible model other than its minimum. */
  readonly errorRate: number;
  /** e_φ: joules that routing one task costs. */
  readonly overheadJoules: number;
  /** τ_φ: seconds that routing one task takes, lost from its slack. */
  readonly overheadSeconds: number;
  /** Left out: `seconds`. */
  readonly deadlineRule?: DeadlineRule | undefined;
  /** Left out: tasks think as little as their tolerance allows. */
  readonly thinking?: Thinking | undefined;
  /** Left out: a task is served once, whether it fails or not. */
  readonly retries?: Retries | undefined;
  /** Left out: myopic. */
  readonly policy?: Policy | undefined;
}

/** A battery; the paper's has neither limits nor losses. */
export interface Battery {
  /** b: initial charge; without limits the auxiliary energy is (D − b)⁺. */
  readonly initialJoules: number;
  /** K; left out, there is no limit. */
  readonly capacityJoules?: number | undefined;
  /** η_c: what is stored of a joule of surplus, in (0.5, 1]; left out, 1. */
  readonly chargeEfficiency?: number | undefined;
  /** η_d: what is delivered of a joule taken from the battery, in (0.5, 1]; left out, 1. */
  readonly dischargeEfficiency?: number | undefined;
  /** Share of the charge that is lost at the start of each slot; left out, 0. */
  readonly leakPerSlot?: number | undefined;
  /** Most surplus that is taken up, and most that is delivered; left out, there is no limit. */
  readonly chargeLimitWatts?: number | undefined;
  readonly dischargeLimitWatts?: number | undefined;
}

/** How tasks arrive. */
export interface Arrivals {
  /** λ, mean tasks in one slot, over the profile's period where there is one. */
  readonly ratePerSlot: number;
  /** I ≥ 1: variance over mean of a slot's number of tasks, which is negative binomial; left out, 1: Poisson. */
  readonly dispersion?: number | undefined;
  readonly profile?: readonly Profile[] | undefined;
}

interface ScenarioBase {
  readonly schemaVersion: 1;
  readonly name: string;
  /** Slot 0 on the clock: ISO 8601 with an offset, or with an IANA zone after it. */
  readonly startTime?: string | undefined;
  /** Δ, seconds of one slot. */
  readonly slotSeconds: number;
  readonly arrivals: Arrivals;
  readonly routing: Routing;
  /** When a task's energy is drawn: all at arrival, or slot by slot while it is served. */
  readonly accounting: 'lumped' | 'distributed';
  readonly harvest: HarvestByMoments | HarvestByShape | HarvestByTrace;
  readonly battery: Battery;
}

/** A scenario whose tasks are served by a fleet of models. */
export interface FleetScenario extends ScenarioBase {
  readonly fleet: Fleet;
  readonly tasks: readonly DifficultyTask[];
}

/** A scenario whose tasks give their energies outright. */
export interface EnergyScenario extends ScenarioBase {
  readonly fleet?: undefined;
  readonly tasks: readonly EnergyTask[];
}

/** A checked scenario, of either kind; it is itself a valid document. */
export type Scenario = FleetScenario | EnergyScenario;

/** A model's own hardware, and the fleet's where it says nothing. Parsing saw to it that one of them does. */
export function hardwareOf(fleet: Fleet, model: Model): Hardware {
  const pick = (key: keyof Hardware): number => model.hardware?.[key] ?? fleet.hardware?.[key] ?? NaN;
  return {
    joulesPerParameterAccess: pick('joulesPerParameterAccess'),
    joulesPerFlop: pick('joulesPerFlop'),
    parametersPerSecond: pick('parametersPerSecond'),
    flopsPerSecond: pick('flopsPerSecond'),
  };
}
