/**
 * A scenario resolved to joules and slots. All that a scenario stands for is made here, each part once and when it is
 * first asked for; whoever needs a part of it takes it from here.
 */
import type { Excess, Scenario } from '../scenario/scenario.js';
import { demandLaw, demandMoments, harvestLaw, withExcess } from './demand.js';
import { harvestProcess } from './harvest-process.js';
import type { HarvestProcessLaw } from './harvest-process.js';
import { isSite, siteOf } from './site.js';
import type { Site } from './site.js';
import { taskKinds } from './task-kinds.js';
import type { TaskKind } from './task-kinds.js';
import { buildTaskTable } from './task-table.js';
import type { TaskTable } from './task-table.js';
import type { DemandLaw, HarvestLaw, WalkLaw } from './walk-law.js';

/** A scenario in joules and slots. Parts of it are made when they are first asked for. */
export class Resolved {
  /** What each kind of task costs on each model. */
  readonly table: TaskTable;
  private ownSizedDemand: DemandLaw | undefined;
  private ownHarvest: HarvestLaw | undefined;
  private ownProcess: HarvestProcessLaw | undefined;
  private ownWalk: WalkLaw | undefined;
  private ownKinds: readonly TaskKind[] | undefined;
  private ownSite: Site | undefined;

  /** @throws {InputError} where some task has no model that serves it in time */
  constructor(readonly scenario: Scenario) {
    this.table = buildTaskTable(scenario);
  }

  /**
   * The scenario's true law of one slot, lumped (eqs. 24, 26), the harvest at its mean.
   * @throws {InputError} where a task takes too long, or the harvest is no law that doubles can hold
   */
  get walk(): WalkLaw {
    this.ownWalk ??= { demand: demandLaw(this.scenario, this.table), harvest: this.harvest };
    return this.ownWalk;
  }

  /**
   * The demand that a harvest's `critical`, `matched` and `timesDemand` refer to: the least demand of eq. 23, whatever
   * the router burns beyond it (eq. 39), for that is what shifts the drift away from criticality (section III-C); and
   * of what the router burns, what `sizedFor` names.
   */
  get sizedDemand(): DemandLaw {
    const { harvest } = this.scenario;
    this.ownSizedDemand ??= this.demandWith(('shape' in harvest ? undefined : harvest.sizedFor) ?? []);
    return this.ownSizedDemand;
  }

  /** The harvest of a slot of factor 1: a Gamma law. Of a trace, the one of its mean and variance. */
  get harvest(): HarvestLaw {
    this.ownHarvest ??= harvestLaw(this.scenario, () => demandMoments(this.sizedDemand));
    return this.ownHarvest;
  }

  /** How the harvest changes in time. @throws {InputError} as `harvest`, and where durations do not fit each other */
  get harvestProcess(): HarvestProcessLaw {
    this.ownProcess ??= harvestProcess(this.scenario, this.harvest);
    return this.ownProcess;
  }

  /** Arrivals as they are drawn task by task. @throws {InputError} where a service lasts too many slots */
  get kinds(): readonly TaskKind[] {
    this.ownKinds ??= taskKinds(this.scenario, this.table);
    return this.ownKinds;
  }

  /** The site of any scenario, whatever it says beyond the paper's walk, or nothing. @throws {InputError} */
  get site(): Site {
    this.ownSite ??= siteOf(this);
    return this.ownSite;
  }

  /** Whether it says more than the paper's walk: the kernels of that are much the faster. */
  get isSite(): boolean {
    return isSite(this.scenario, () => this.harvestProcess);
  }

  /** Whether it is run as a site: it is one, or it names a policy, of whose queue the paper's kernels know nothing. */
  get runsAsSite(): boolean {
    return this.scenario.routing.policy !== undefined || this.isSite;
  }

  /** The least demand of eq. 23 with what is named of what the router burns beyond it. */
  demandWith(kept: readonly Excess[]): DemandLaw {
    const sized = withExcess(this.scenario, kept);
    // Of what the router burns beyond the least, its own time alone changes the table.
    const isSame = sized.routing.overheadSeconds === this.scenario.routing.overheadSeconds;
    return demandLaw(sized, isSame ? this.table : buildTaskTable(sized));
  }
}

/** @throws {InputError} where some task has no model that serves it in time */
export function resolveScenario(scenario: Scenario): Resolved {
  return new Resolved(scenario);
}
