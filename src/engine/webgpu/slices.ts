/**
 * The length of a submission: slots that it walks, so that it takes about 50 ms on this device for this batch. Starts careful,
 * learns from each one's time; results do not depend on it.
 */
const TARGET_SECONDS = 0.05;
/** Submissions ahead of the host: two of full length, or as many shorter ones as are as long together. */
const AHEAD = 2;
/** Less says little: it is overhead, or the host was held up and hears of several submissions at once. */
const LEAST_SECONDS = 1e-4;
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

  /** Path-slots that may be submitted ahead. */
  get ahead(): number {
    return AHEAD * this.pathSlots;
  }

  /**
   * Takes note of finished work, a submission or several in a row, and says whether it was enough to learn from: short submissions (batches may end
   * soon) are seen together.
   */
  learn(pathSlots: number, seconds: number): boolean {
    const whole = pathSlots >= this.pathSlots / 2 && seconds >= LEAST_SECONDS;
    if (!whole && seconds < TARGET_SECONDS / 4) return false;
    this.pathSlots = Math.min(Math.max((pathSlots / seconds) * TARGET_SECONDS, 1), this.pathSlots * GROWTH);
    return true;
  }
}
