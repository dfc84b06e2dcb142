/**
 * The checked scenario: what a user's file says once it has been validated and its defaults are filled in. It holds no derived
 * numbers (`fleet/` computes those) and is itself a valid scenario document, so it can be written out and read again.
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
  /** ε, accepted probability of failure. */
  readonly tolerance: number;
  /** δ, seconds from arrival to deadline. */
  readonly deadlineSeconds: number;
}

/** A kind of task whose energy is given outright. */
export interface EnergyTask {
  readonly name: string;
  readonly weight: number;
  readonly energyJoules: number;
  /** Slots that the task may wait before it is dispatched; 0 where absent. */
  readonly patienceSlots?: number | undefined;
}

/** Gamma harvest by its moments, absolute or relative to the demand at error rate 0. */
export interface HarvestByMoments {
  /** `critical`: E[H] = E[C]; a number: joules a slot; `timesDemand`: that multiple of E[C]. */
  readonly mean: 'critical' | number | { readonly timesDemand: number };
  /** `matched`: Var[H] = Var[C]; a number: joules². */
  readonly variance: 'matched' | number;
}

/** Gamma harvest by its own parameters. */
export interface HarvestByShape {
  readonly shape: number;
  readonly scaleJoules: number;
}

export interface Routing {
  /** η: probability that a task goes to a feasible model other than its minimum. */
  readonly errorRate: number;
  /** e_φ: joules that routing one task costs. */
  readonly overheadJoules: number;
  /** τ_φ: seconds that routing one task takes, lost from its slack. */
  readonly overheadSeconds: number;
}

interface ScenarioBase {
  readonly schemaVersion: 1;
  readonly name: string;
  /** Δ, seconds of one slot. */
  readonly slotSeconds: number;
  /** λ, mean tasks in one slot. */
  readonly arrivals: { readonly ratePerSlot: number };
  readonly routing: Routing;
  /** When a task's energy is drawn: all at arrival, or slot by slot while it is served. */
  readonly accounting: 'lumped' | 'distributed';
  readonly harvest: HarvestByMoments | HarvestByShape;
  /** b: initial charge; the auxiliary energy is (D − b)⁺. */
  readonly battery: { readonly initialJoules: number };
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

export type Scenario = FleetScenario | EnergyScenario;

/** The hardware that serves a model: the model's own, and the fleet's where it says nothing. Parsing saw to it that one of them does. */
export function hardwareOf(fleet: Fleet, model: Model): Hardware {
  const pick = (key: keyof Hardware): number => model.hardware?.[key] ?? fleet.hardware?.[key] ?? NaN;
  return {
    joulesPerParameterAccess: pick('joulesPerParameterAccess'),
    joulesPerFlop: pick('joulesPerFlop'),
    parametersPerSecond: pick('parametersPerSecond'),
    flopsPerSecond: pick('flopsPerSecond'),
  };
}
