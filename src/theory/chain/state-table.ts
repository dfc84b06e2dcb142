/** States of level and total with their weights: gathered in a hash table (open addressing), then thinned. */

/** Which end of states that become one stands for them: the worst has the least energy. */
export type Side = 'worst' | 'best';

/** States of a path, joules, with the probability of each. */
export interface States {
  readonly levels: Float64Array;
  readonly totals: Float64Array;
  readonly weights: Float64Array;
}

/** States, and how wide the cells were in which those of the heaviest class became one; 0 where none did. */
export interface ThinnedStates {
  readonly states: States;
  readonly width: number;
}

/** What states lie on. */
export interface StateSpace {
  readonly side: Side;
  /** Joules that no level or total exceeds. */
  readonly range: number;
  /** The capacity, joules: a level to itself, as is 0. */
  readonly top: number;
}

/** Cells of a coordinate: two such numbers and a class still make a whole number in a double. */
const FINEST = 2 ** 23;
/** Most states that are gathered before near ones become one. */
const MOST = 2 ** 18;
/** Weights of a class are up to so many times lighter than those of the next, and its cells so many times wider. */
const LIGHTER = 16;
const WIDER = 4;
/** The last class. */
const LIGHTEST = 14;

export class StateTable {
  size = 0;
  private keys = new Float64Array(256).fill(-1);
  private levels = new Float64Array(256);
  private totals = new Float64Array(256);
  private weights = new Float64Array(256);

  constructor(
    private readonly space: StateSpace,
    private width = 0,
  ) {
    this.width = Math.max(width, space.range / FINEST);
  }

  /** Adds a path's weight; levels and totals from 0 on. `lighter`: its class. */
  add(level: number, total: number, weight: number, lighter = 0): void {
    const width = this.width * WIDER ** lighter;
    const row = level === 0 ? 0 : level === this.space.top ? 1 : 2 + Math.floor(level / width);
    const column = total === 0 ? 0 : 1 + Math.floor(total / width);
    const i = this.placeOf(row, column, (lighter * (2 * FINEST) + row) * (2 * FINEST) + column);
    if (this.weights[i] === 0) {
      this.levels[i] = level;
      this.totals[i] = total;
      this.weights[i] = weight;
      if (++this.size > this.keys.length / 2) this.grow();
      return;
    }
    this.weights[i] += weight;
    const isWorst = this.space.side === 'worst';
    if (isWorst ? level < this.levels[i] : level > this.levels[i]) this.levels[i] = level;
    if (isWorst ? total > this.totals[i] : total < this.totals[i]) this.totals[i] = total;
  }

  private placeOf(row: number, column: number, key: number): number {
    const { keys } = this;
    const mask = keys.length - 1;
    let hash = Math.imul(row, 0x9e3779b1) + Math.imul(column, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let i = (hash ^ (hash >>> 13)) & mask;
    while (keys[i] !== key && keys[i] !== -1) i = (i + 1) & mask;
    keys[i] = key;
    return i;
  }

  /** All states; where they are more than `most`, near ones as one, light ones first. `from`: a width to begin with. */
  thinned(most: number, from: number): ThinnedStates {
    const all = this.list();
    if (all.weights.length <= most) return { states: all, width: 0 };
    const heaviest = all.weights.reduce((a, b) => Math.max(a, b), 0);
    const classes = all.weights.map((weight) =>
      Math.min(LIGHTEST, Math.floor(Math.log(heaviest / weight) / Math.log(LIGHTER))),
    );
    for (let width = Math.max(this.width, from); ; width *= 1.5) {
      const table = new StateTable(this.space, width);
      for (let i = 0; i < classes.length && table.size <= most; i++) {
        table.add(all.levels[i], all.totals[i], all.weights[i], classes[i]);
      }
      if (table.size <= most) return { states: table.list(), width };
    }
  }

  private list(): States {
    const taken = (_: unknown, i: number): boolean => this.weights[i] > 0;
    return {
      levels: this.levels.filter(taken),
      totals: this.totals.filter(taken),
      weights: this.weights.filter(taken),
    };
  }

  private grow(): void {
    const { levels, totals, weights } = this.list();
    const room = this.size > MOST ? this.keys.length : 2 * this.keys.length;
    if (this.size > MOST) this.width *= 2;
    this.keys = new Float64Array(room).fill(-1);
    this.levels = new Float64Array(room);
    this.totals = new Float64Array(room);
    this.weights = new Float64Array(room);
    this.size = 0;
    weights.forEach((weight, i) => {
      this.add(levels[i], totals[i], weight);
    });
  }
}
