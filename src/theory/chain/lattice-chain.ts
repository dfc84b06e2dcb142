/**
 * The controlled battery's chain on one lattice: laws of level and weather, slot by slot, and what they say of
 * auxiliary energy and waste.
 */
import { batteryKernel } from './battery-kernel.js';
import type { BatteryKernel, LevelLattice } from './battery-kernel.js';
import { dot } from './level-function.js';
import type { LevelFunction } from './level-function.js';
import { Leak, applyMaps, through } from './level-map.js';
import type { Move } from './level-map.js';
import { holdsAtoms } from './levels.js';
import type { ChainModel } from './model.js';
import { isAtomic, stepsBefore } from './model.js';
import { addCdf, addShortage, addSums, fullOf, leftJump, movesOfParts, partsAfter, total } from './level-laws.js';
import type { Joint, Law } from './level-laws.js';

/** The law of the level, as one lattice has it. */
export interface LevelResult {
  /** E B, joules. */
  readonly level: number;
  /** P(B = capacity). */
  readonly full: number;
  /** P(B ≤ k·h), k = 0 … nodes, and P(B = k·h) below the capacity. */
  readonly levelCdf: Float64Array;
  readonly levelAtoms: Float64Array;
}

/** Sums and laws at a horizon, as one lattice has them. */
export interface LatticeResult extends LevelResult {
  readonly slots: number;
  /** Means of the totals, joules, and E A_T². */
  readonly auxiliary: number;
  readonly auxiliarySquare: number;
  readonly waste: number;
  /** P(A_T = 0). */
  readonly survival: number;
  /** Mean number of slots with auxiliary energy. */
  readonly deficitSlots: number;
  readonly ties: Ties;
  /** Weight at the highest level: what a lattice for an unlimited battery lacks. */
  readonly top: number;
}

/** How often the lattice cannot tell on which side of a jump an atom lies. */
export interface Ties {
  readonly all: number;
  readonly surviving: number;
  /** In the last slot: of being emptied, and of being filled. */
  readonly empty: number;
  readonly full: number;
}

/** Laws, and other vectors of levels by state, after a slot. */
interface Moved {
  readonly laws: readonly Law[];
  readonly others: readonly Joint[];
}

/** Means over slots, summed. */
export interface SlotSums {
  auxiliary: number;
  waste: number;
  deficitSlots: number;
}

/** Steps on either side of a point over which an atom is spread. */
const SPREAD = 2;

/** The chain of a model on a lattice; kernels are made when a slot first needs them. */
export class LatticeChain {
  private readonly kernels: (BatteryKernel | undefined)[];
  private readonly byLaw = new Map<string, BatteryKernel>();
  private readonly leak: Leak;
  /** Whether outcomes jump at levels that themselves have a density: else parts of laws need not be told apart. */
  private readonly tellsApart: boolean;
  /** Whether every atom is on a lattice point. */
  private readonly holdsAtoms: boolean;
  /** Whether laws have no other part: the lattice is then the battery itself. */
  private readonly isExact: boolean;
  private readonly zero: Joint;

  constructor(
    readonly model: ChainModel,
    readonly levels: LevelLattice,
  ) {
    this.kernels = model.laws.map(() => undefined);
    this.leak = new Leak(model.battery.leakPerSlot, levels.nodes);
    const { chargeLimitJoules, dischargeLimitJoules } = model.battery;
    const jumps = model.laws.some((law) => typeof law.harvest === 'number');
    this.tellsApart =
      !isAtomic(model.laws) && (jumps || chargeLimitJoules < Infinity || dischargeLimitJoules < Infinity);
    this.holdsAtoms = holdsAtoms(model, levels);
    this.isExact = this.holdsAtoms && isAtomic(model.laws);
    this.zero = Array.from({ length: model.states }, () => new Float64Array(levels.nodes + 1));
  }

  kernel(slot: number, state: number): BatteryKernel {
    const { model, levels } = this;
    const index = model.lawOf(slot, state);
    const known = this.kernels[index];
    if (known !== undefined) return known;
    // Equal laws, such as those of a night in all weathers, share a kernel.
    const key = JSON.stringify(model.laws[index]);
    const made = this.byLaw.get(key) ?? batteryKernel(model.laws[index], model.battery, levels);
    this.byLaw.set(key, made);
    return (this.kernels[index] = made);
  }

  /** The law before slot 0. */
  start(): Law {
    const { model, levels } = this;
    const position = model.battery.initialJoules / levels.step;
    const i = Math.min(levels.nodes - 1, Math.floor(position));
    const total = Array.from({ length: model.states }, (_, state) => {
      const law = new Float64Array(levels.nodes + 1);
      law[i] = (1 - (position - i)) * model.initial[state];
      law[i + 1] = (position - i) * model.initial[state];
      return law;
    });
    return { ...this.lawOf(total), atoms: total };
  }

  /** A law whose atoms are not known, or all there is. */
  lawOf(total: Joint): Law {
    const atoms = isAtomic(this.model.laws) ? total : this.zero;
    return { total, atoms, right: this.zero, blurred: this.zero };
  }

  /** What the weather makes of vectors before a slot. */
  weather(slot: number, joint: Joint): Joint {
    const { model } = this;
    if (!stepsBefore(model, slot)) return joint;
    return joint.map((_, to) => {
      const out = new Float64Array(this.levels.nodes + 1);
      joint.forEach((from, i) => {
        const p = model.transitions[i][to];
        if (p > 0) for (let k = 0; k < out.length; k++) out[k] += p * from[k];
      });
      return out;
    });
  }

  /** What a slot finds: vectors after the weather's step and the leak. */
  found(slot: number, joint: Joint): Joint {
    return this.weather(slot, joint).map((law) => this.leak.apply(law));
  }

  /** The same of a law. A leak moves levels off the lattice: of atoms only the empty battery's is left. */
  foundLaw(slot: number, { total, atoms, right, blurred }: Law): Law {
    const found = this.found(slot, total);
    if (!this.tellsApart) return this.lawOf(found);
    if (this.model.battery.leakPerSlot === 0) {
      const [a, r, b] = [atoms, right, blurred].map((part) => this.weather(slot, part));
      return { total: found, atoms: a, right: r, blurred: b };
    }
    // Of an empty battery nothing leaks.
    const here = this.weather(slot, atoms);
    const empty = here.map((law) => {
      const out = new Float64Array(law.length);
      out[0] = law[0];
      return out;
    });
    const beyond = found.map((law, i) => {
      // Asked for where outcomes jump.
      if (this.kernel(slot, i).moveJump === undefined) return this.zero[i];
      const out = law.map((p) => p / 2);
      out[0] = law[0] - here[i][0];
      return out;
    });
    const spread = this.weather(slot, blurred);
    const moved = here.map((law, i) => {
      const out = this.leak.apply(law);
      const more = this.leak.apply(spread[i]);
      for (let k = 0; k < out.length; k++) out[k] += more[k];
      out[0] = 0;
      return out;
    });
    return { total: found, atoms: empty, right: beyond, blurred: moved };
  }

  kernelsOf(slot: number): BatteryKernel[] {
    return Array.from({ length: this.model.states }, (_, state) => this.kernel(slot, state));
  }

  /**
   * What slot `slot` leaves of laws that it finds, all of a law or its survivors alone, and of other vectors of levels.
   */
  after(slot: number, laws: readonly (readonly ['all' | 'survivors', Law])[], others: readonly Joint[] = []): Moved {
    const kernels = this.kernelsOf(slot);
    const wantsRight = this.wantsRight(slot + 1);
    const moves: Move[] = [];
    /** Where a move's result will be. */
    const placed = (move: Move | undefined): number => (move === undefined ? -1 : moves.push(move) - 1);
    const planned = laws.map(([map, law]) =>
      kernels.map((kernel, i) => {
        const total = placed(through(kernel[map], law.total[i]));
        if (!this.tellsApart) return { total, atoms: -1, blurred: -1, right: -1 };
        const parts = movesOfParts(kernel, law, i, map, wantsRight);
        return { total, atoms: placed(parts.atoms), blurred: placed(parts.blurred), right: placed(parts.right) };
      }),
    );
    const plain = others.map((joint) => joint.map((levels, i) => placed(through(kernels[i].all, levels))));
    const moved: (Float64Array | undefined)[] = applyMaps(moves);
    const at = (place: number): Float64Array => moved[place] ?? this.zero[0];
    const finished = laws.map(([map, law], j): Law => {
      const total = planned[j].map((place, i) => {
        const p = at(place.total);
        if (map === 'survivors') p[0] -= leftJump(kernels[i].deficitJump, law, i);
        return p;
      });
      if (!this.tellsApart) return this.lawOf(total);
      const parts = planned[j].map(({ atoms, blurred, right }, i) =>
        partsAfter(kernels[i], law, i, map, total[i], {
          atoms: moved[atoms],
          blurred: moved[blurred],
          right: moved[right],
        }),
      );
      return {
        total,
        atoms: parts.map((part) => part.atoms),
        right: parts.map((part) => part.right),
        blurred: parts.map((part) => part.blurred),
      };
    });
    return { laws: finished, others: plain.map((places) => places.map(at)) };
  }

  /** Whether a slot asks what is right of points: where its outcomes jump, and no leak has moved levels before. */
  private wantsRight(slot: number): boolean {
    if (!this.tellsApart || this.model.battery.leakPerSlot > 0) return false;
    return this.kernelsOf(slot).some(({ moveJump }) => moveJump !== undefined);
  }

  /** Whether what a slot does and leaves depends on no part of the law that it finds. */
  forgets(slot: number): boolean {
    return this.kernelsOf(slot).every(({ moveJump }) => moveJump === undefined);
  }

  /** Vectors of levels, by state, after a slot that finds them. */
  move(slot: number, joint: Joint): Joint {
    return this.after(slot, [], [joint]).others[0];
  }

  /** Results at ascending horizons. */
  run(horizons: readonly number[]): LatticeResult[] {
    let law = this.start();
    let survivors = law;
    // E[A; level].
    let first: Joint = law.total.map((x) => x.map(() => 0));
    let auxiliarySquare = 0;
    const sums: SlotSums = { auxiliary: 0, waste: 0, deficitSlots: 0 };
    const results: LatticeResult[] = [];
    let ties: Ties = { all: 0, surviving: 0, empty: 0, full: 0 };
    const last = horizons[horizons.length - 1];
    for (let t = 0; t < last; t++) {
      const before = this.foundLaw(t, law);
      const firstBefore = this.found(t, first);
      const alive = this.foundLaw(t, survivors);
      this.addSlot(t, before, sums);
      const here = this.tiesOf(t, before);
      ties = { ...here, all: ties.all + here.empty, surviving: ties.surviving + this.tiesOf(t, alive).empty };
      const moved = this.after(
        t,
        [
          ['all', before],
          ['survivors', alive],
        ],
        [firstBefore],
      );
      [law, survivors] = moved.laws;
      [first] = moved.others;
      this.kernelsOf(t).forEach((kernel, i) => {
        addShortage(kernel, before.total[i], first[i]);
        // (A + a)² = A² + 2aA + a², wherever the level goes.
        auxiliarySquare += 2 * dot(kernel.shortage, firstBefore[i]) + dot(kernel.shortageSquare, before.total[i]);
      });
      if (horizons.includes(t + 1)) {
        results.push({
          slots: t + 1,
          ...sums,
          auxiliarySquare,
          survival: total(survivors.total),
          ties,
          ...this.levelLaw(t, before, law),
          top: law.total.reduce((sum, x) => sum + x[x.length - 1], 0),
        });
      }
    }
    return results;
  }

  /** Chances that an atom that the slot finds off the lattice is about to be just emptied, or filled. */
  private tiesOf(slot: number, { atoms, blurred }: Law): Ties {
    let empty = 0;
    let full = 0;
    const { nodes } = this.levels;
    this.kernelsOf(slot).forEach((kernel, i) => {
      if (this.holdsAtoms) return;
      const across = (values: LevelFunction): number => {
        let sum = 0;
        const end = Math.min(nodes, values.to + SPREAD);
        for (let k = Math.max(1, values.from - SPREAD - 1); k <= end; k++) {
          const weight = Math.abs(atoms[i][k]) + Math.abs(blurred[i][k]);
          if (weight > 0) sum += weight * variation(values, Math.max(0, k - SPREAD), Math.min(nodes, k + SPREAD));
        }
        return sum;
      };
      empty += across(kernel.deficit);
      full += across(kernel.full);
    });
    return { all: empty, surviving: empty, empty, full };
  }

  /** Adds a slot's means to sums, for the law that it finds. */
  addSlot(slot: number, law: Law, sums: SlotSums): void {
    this.kernelsOf(slot).forEach((kernel, i) => {
      sums.auxiliary += dot(kernel.shortage, law.total[i]);
      sums.waste += dot(kernel.waste, law.total[i]);
      sums.deficitSlots += dot(kernel.deficit, law.total[i]) + leftJump(kernel.deficitJump, law, i);
    });
  }

  meanLevel({ total }: Law): number {
    return this.levels.step * total.reduce((sum, x) => sum + x.reduce((s, v, k) => s + v * k, 0), 0);
  }

  /** The level's law after a slot, at lattice points exact for the law that the slot finds and leaves. */
  levelLaw(slot: number, found: Law, after: Law): LevelResult {
    const { nodes } = this.levels;
    const levelCdf = new Float64Array(nodes + 1);
    let full = 0;
    this.kernelsOf(slot).forEach((kernel, i) => {
      full += fullOf(kernel, found, i);
      if (this.isExact) addSums(after.total[i], levelCdf);
      else addCdf(kernel, found, i, levelCdf);
    });
    levelCdf[nodes] = 1;
    const levelAtoms = new Float64Array(nodes + 1);
    for (const atoms of after.atoms) for (let k = 0; k < nodes; k++) levelAtoms[k] += atoms[k];
    return { level: this.meanLevel(after), full, levelCdf, levelAtoms };
  }
}

/** How much values change from one index to another: a chance that is rounded to lattice points need not fall. */
function variation({ values }: LevelFunction, low: number, high: number): number {
  let sum = 0;
  for (let k = low; k < high; k++) sum += Math.abs(values[k + 1] - values[k]);
  return sum;
}
