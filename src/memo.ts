/**
 * A small memory of what a pure function gave, by the exact content of its arguments: in a sweep the next point often
 * asks for the same. It changes when something is computed, never what. The entry used longest ago makes room for a new
 * one.
 */

export class Memo<T> {
  private readonly entries = new Map<string, T>();
  constructor(private readonly most: number) {}

  /** What `make` gives, or gave when it was last asked under this key; no key, no memory. */
  of(key: string | undefined, make: () => T): T {
    if (key === undefined) return make();
    const known = this.entries.get(key);
    if (known !== undefined) {
      this.entries.delete(key);
      this.entries.set(key, known);
      return known;
    }
    const made = make();
    this.entries.set(key, made);
    if (this.entries.size > this.most) this.entries.delete(this.entries.keys().next().value as string);
    return made;
  }
}
