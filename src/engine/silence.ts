/**
 * How long silence is borne, of a device or of a worker. A worker is replaced after a while, each replacement in a row
 * is given twice as long, and in the end it is given up. Silence is counted in beats of the listener's own clock: while
 * a machine sleeps there are none.
 */

/** Seconds between two beats. */
export const BEAT = 0.5;
/** Seconds of silence after which a worker is replaced, at least. */
export const PATIENCE = 10;
/** Replacements in a row after which it is given up. */
export const MOST_REPLACEMENTS = 4;

/** What a silence has come to, and its seconds. */
export interface Verdict {
  readonly act: 'wait' | 'replace' | 'give up';
  readonly seconds: number;
}

export class Silence {
  private seconds = 0;
  private replacements = 0;

  /** The worker was heard from. */
  heard(): void {
    this.seconds = 0;
    this.replacements = 0;
  }

  /** Nothing is expected of the worker, or it has just been given something. */
  pause(): void {
    this.seconds = 0;
  }

  /** Counts a beat of silence. @param needed seconds in which a worker that is well is surely heard from */
  beat(needed = 0): Verdict {
    this.seconds += BEAT;
    const { seconds } = this;
    if (seconds < Math.max(PATIENCE, needed) * 2 ** this.replacements) return { act: 'wait', seconds };
    this.seconds = 0;
    if (this.replacements >= MOST_REPLACEMENTS) return { act: 'give up', seconds };
    this.replacements++;
    return { act: 'replace', seconds };
  }
}

/**
 * Waits for something, but not for ever.
 * @param seconds of silence, by beats, after which it is given up
 * @throws what `tooLong` makes of it
 */
export async function heardWithin<T>(work: Promise<T>, seconds: number, tooLong: () => Error): Promise<T> {
  let beats: ReturnType<typeof setInterval> | undefined;
  const silence = new Promise<never>((_, reject) => {
    let left = Math.ceil(seconds / BEAT);
    beats = setInterval(() => {
      if (--left <= 0) reject(tooLong());
    }, 1000 * BEAT);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearInterval(beats);
  }
}
