/**
 * A site: what a scenario says beyond the paper's walk, resolved to joules and slots. Its battery has limits and
 * losses, its harvest and arrivals change in time, its router may let tasks wait. `law/site-law.ts` samples it;
 * `theory/chain` solves what of it is a Markov chain.
 */
import { InputError } from '../errors.js';
import type { Battery, Policy, Scenario } from '../scenario/scenario.js';
import { isSteady } from './harvest-process.js';
import type { HarvestProcessLaw } from './harvest-process.js';
import { EVEN, multiplyProfiles } from './periodic.js';
import type { PeriodicFactors } from './periodic.js';
import { taskKinds } from './task-kinds.js';
import type { TaskTable } from './task-table.js';
import { waitingClasses } from './waiting.js';
import type { WaitingClass } from './waiting.js';
import type { WalkLaw } from './walk-law.js';

/** A battery with every limit given, joules a slot: efficiencies of 1, no leak, Infinity where there is none. */
export interface BatteryLaw {
  readonly initialJoules: number;
  readonly capacityJoules: number;
  readonly chargeEfficiency: number;
  readonly dischargeEfficiency: number;
  /** Fraction of the level at a slot's start that is lost first. */
  readonly leakPerSlot: number;
  /** Most surplus that is taken up in a slot, and most that is delivered. */
  readonly chargeLimitJoules: number;
  readonly dischargeLimitJoules: number;
}

/** What a scenario says beyond the walk of the paper: battery, harvest and arrivals in time, router. */
export interface Site {
  /** The walk's law at factor 1, the harvest at its mean: what the site would be without what changes in time. */
  readonly walk: WalkLaw;
  /** Arrivals; where none may wait, one option each. */
  readonly classes: readonly WaitingClass[];
  readonly arrivals: PeriodicFactors;
  readonly harvest: HarvestProcessLaw;
  readonly battery: BatteryLaw;
  readonly policy: Policy;
  readonly accounting: Scenario['accounting'];
}

/** The policy of a scenario that names none. */
const MYOPIC: Policy = { kind: 'myopic', queueLimit: 255 };

/** What of a scenario is resolved by others (resolve.ts). */
interface ResolvedParts {
  readonly scenario: Scenario;
  readonly table: TaskTable;
  readonly walk: WalkLaw;
  readonly harvestProcess: HarvestProcessLaw;
}

/** The site of any scenario. @throws {InputError} */
export function siteOf({ scenario, table, walk, harvestProcess: harvest }: ResolvedParts): Site {
  const policy = scenario.routing.policy ?? MYOPIC;
  refuseDispersion(scenario);
  return {
    walk,
    classes:
      policy.kind === 'myopic'
        ? atOnce(scenario, table)
        : sorted(waitingClasses(scenario, table, policy.maximumWaitSlots)),
    arrivals: multiplyProfiles(scenario.arrivals.profile, 'arrivals.profile'),
    harvest,
    battery: batteryLaw(scenario.battery, scenario.slotSeconds),
    policy,
    accounting: scenario.accounting,
  };
}

/** @throws {InputError} where counts are dispersed: a site's slots know Poisson counts only */
function refuseDispersion({ arrivals: { dispersion = 1 } }: Scenario): void {
  if (dispersion === 1) return;
  const message =
    `arrivals.dispersion: got ${dispersion} in a site, expected 1 or nothing: a battery with limits or losses, profiles, ` +
    'weather, traces, correlation and policies take Poisson arrivals only; the walk of a battery without limits takes any';
  throw new InputError(message, 'arrivals.dispersion');
}

/** Kinds of tasks that are dispatched as they arrive, in the order in which the tasks kernel draws them. */
function atOnce(scenario: Scenario, table: TaskTable): WaitingClass[] {
  return taskKinds(scenario, table, scenario.accounting === 'lumped').map((kind) => {
    const { task, type, kindsOfType, isMain, model, probability, energyJoules, profileJoules, failureProbability } =
      kind;
    const options = [{ model, energyJoules, profileJoules, failureProbability }];
    const named = { task, type, classesOfType: kindsOfType, rank: isMain ? 0 : 1 };
    return { ...named, probability, mostWait: 0, options, latestBoundJoules: energyJoules };
  });
}

/** In the same order, so that a policy that lets nobody wait has the same draws. */
function sorted(classes: readonly WaitingClass[]): WaitingClass[] {
  return [...classes].sort((a, b) => a.options[0].energyJoules - b.options[0].energyJoules);
}

/** A battery in joules a slot. */
function batteryLaw(battery: Battery, slotSeconds: number): BatteryLaw {
  const inSlot = (watts: number | undefined): number => (watts === undefined ? Infinity : watts * slotSeconds);
  return {
    initialJoules: battery.initialJoules,
    capacityJoules: battery.capacityJoules ?? Infinity,
    chargeEfficiency: battery.chargeEfficiency ?? 1,
    dischargeEfficiency: battery.dischargeEfficiency ?? 1,
    leakPerSlot: battery.leakPerSlot ?? 0,
    chargeLimitJoules: inSlot(battery.chargeLimitWatts),
    dischargeLimitJoules: inSlot(battery.dischargeLimitWatts),
  };
}

/** Whether a battery is the paper's: its auxiliary energy is then the deficit of the walk. */
export function isIdeal(battery: BatteryLaw): boolean {
  return (
    battery.capacityJoules === Infinity &&
    battery.chargeEfficiency === 1 &&
    battery.dischargeEfficiency === 1 &&
    battery.leakPerSlot === 0 &&
    battery.chargeLimitJoules === Infinity &&
    battery.dischargeLimitJoules === Infinity
  );
}

/**
 * Whether a scenario says more than the paper's walk: the kernels of that are much the faster.
 * @param harvest how the harvest changes in time: asked for where nothing else decides
 */
export function isSite(scenario: Scenario, harvest: () => HarvestProcessLaw): boolean {
  return (
    siteFields(scenario).length > 0 &&
    (!isIdeal(batteryLaw(scenario.battery, scenario.slotSeconds)) ||
      multiplyProfiles(scenario.arrivals.profile, 'arrivals.profile') !== EVEN ||
      !isSteady(harvest()) ||
      (scenario.routing.policy ?? MYOPIC).kind !== 'myopic')
  );
}

/** The fields in which a scenario says more than the paper's walk, though perhaps nothing that makes it another. */
export function siteFields({ battery, arrivals, harvest, routing }: Scenario): string[] {
  const given = (name: string, part: object, keys: readonly string[]): string[] =>
    keys.filter((key) => (part as Record<string, unknown>)[key] !== undefined).map((key) => `${name}.${key}`);
  return [
    ...given('battery', battery, BATTERY_FIELDS),
    ...given('harvest', harvest, ['profile', 'weather', 'correlation', 'trace']),
    ...given('arrivals', arrivals, ['profile']),
    ...given('routing', routing, ['policy']),
  ];
}

const BATTERY_FIELDS: readonly (keyof Battery)[] = [
  'capacityJoules',
  'chargeEfficiency',
  'dischargeEfficiency',
  'leakPerSlot',
  'chargeLimitWatts',
  'dischargeLimitWatts',
];
