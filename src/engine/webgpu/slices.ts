/**
 * The length of a submission: slots that it walks, so that it takes about 50 ms on this device for this batch. Starts careful,
 * learns from each one's time; results do not depend on it.
 */
const TARGET_SECONDS = 0.05;
/** A first guess that no device takes long for. */
const FIRST_PATH_SLOTS = 2 ** 20;
const GROWTH = 4;

export class SliceLength {
  private pathSlots = FIRST_PATH_SLOTS;

  constructor(private readonly fixed: number | undefined) {}

  /** Slots of the next submission for a batch of `paths` paths. */
  slots(paths: number): number {
    return this.fixed ?? Math.max(1, Math.floor(this.pathSlots / paths));
  }

  /** Takes note of a finished submission. */
  learn(pathSlots: number, seconds: number): void {
    // Short ones (the end of a batch) say little: their time is mostly overhead.
    if (pathSlots < this.pathSlots / 2 && seconds < TARGET_SECONDS) return;
    const wanted = (pathSlots / Math.max(seconds, 1e-6)) * TARGET_SECONDS;
    this.pathSlots = Math.min(Math.max(wanted, 1), this.pathSlots * GROWTH);
  }
}
