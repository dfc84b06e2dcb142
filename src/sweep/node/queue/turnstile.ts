/**
 * Many at once, or one alone: shards that are under suspicion are run with nothing beside them, so that no other is
 * blamed.
 */
export class Turnstile {
  private together = 0;
  private alone = false;
  private readonly waiting: { readonly alone: boolean; enter(): void }[] = [];

  async enter<T>(alone: boolean, act: () => Promise<T>): Promise<T> {
    if (!this.admits(alone) || this.waiting.length > 0) {
      await new Promise<void>((enter) => {
        this.waiting.push({ alone, enter });
      });
    } else this.count(alone, 1);
    try {
      return await act();
    } finally {
      this.count(alone, -1);
      while (this.waiting.length > 0 && this.admits(this.waiting[0].alone)) {
        const next = this.waiting.shift();
        if (next === undefined) break;
        this.count(next.alone, 1);
        next.enter();
      }
    }
  }

  private admits(alone: boolean): boolean {
    return !this.alone && (!alone || this.together === 0);
  }

  private count(alone: boolean, by: 1 | -1): void {
    if (alone) this.alone = by === 1;
    else this.together += by;
  }
}
