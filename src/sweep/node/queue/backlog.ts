/**
 * What is left of a sweep: shards that have neither result nor failure, and those of them that are yet to be put into
 * jobs.
 */
import type { Shard } from '../../shards.js';

export class Backlog {
  /** Shards without a result, and not failed. */
  readonly open: Set<Shard>;
  /** Paths of the shards that are finished or failed. */
  paths = 0;
  private todo: Shard[];
  private readonly byIndex: ReadonlyMap<number, Shard>;

  constructor(shards: readonly Shard[]) {
    this.todo = [...shards];
    this.open = new Set(shards);
    this.byIndex = new Map(shards.map((shard) => [shard.index, shard]));
  }

  /** Shards that are to be put into jobs. */
  get length(): number {
    return this.todo.length;
  }

  /** The first of them. */
  get first(): Shard | undefined {
    return this.todo.at(0);
  }

  /** Of this sweep's shards, those with indices from `first` on. */
  neighbours([first, count]: readonly [number, number]): Shard[] {
    return Array.from({ length: count }, (_, i) => this.byIndex.get(first + i)).filter((shard) => shard !== undefined);
  }

  /** A shard is finished or failed. @returns whether it was open. */
  close(shard: Shard): boolean {
    if (!this.open.delete(shard)) return false;
    this.paths += shard.paths;
    return true;
  }

  /** Takes at most `most` shards for a job, neighbours in the sweep. */
  cut(most: number): Shard[] {
    const { todo } = this;
    let count = 1;
    while (count < most && count < todo.length && todo[count].index === todo[0].index + count) count++;
    return todo.splice(0, count);
  }

  /** Puts a shard back. */
  add(shard: Shard): void {
    if (this.todo.includes(shard)) return;
    this.todo.push(shard);
    this.todo.sort((a, b) => a.index - b.index);
  }

  /** Every open shard is either in a job or to be put into one, whatever went wrong: `asked` are those in jobs. */
  settle(asked: ReadonlySet<Shard>): void {
    this.todo = [...this.open].filter((shard) => !asked.has(shard)).sort((a, b) => a.index - b.index);
  }
}
