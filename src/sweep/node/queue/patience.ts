/**
 * Commands that a server refuses for now: it is full, it cannot write its own files, it is loading, it fails over. What
 * is the matter is told once, and the command is tried again until the server takes it. Commands must bear being sent
 * twice.
 */
import { printable } from '../../../printable.js';

/** Milliseconds between two tries. */
const AGAIN = 1000;

/**
 * How Redis begins refusals that pass: https://redis.io/docs/latest/develop/reference/protocol-spec/ (error
 * prefixes).
 */
const PASSING = /\b(OOM|MISCONF|LOADING|BUSY|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS)\b/;
/** How ioredis tells of a connection that was lost between a command and its answer. */
const CUT = /^(Command aborted due to connection close|Connection is closed\.?)/;

export class Patience {
  private told = '';

  constructor(
    private readonly shown: string,
    private readonly remark: (text: string) => void,
    private readonly isEnded: () => boolean,
  ) {}

  /** Acts until the server takes it. @throws what is no passing refusal, and whatever comes after the end */
  async persist<T>(act: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const value = await act();
        if (this.told !== '') {
          this.told = '';
          this.remark(`${this.shown} takes commands again`);
        }
        return value;
      } catch (error) {
        if (this.isEnded() || !this.tell(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
      }
    }
  }

  /** Says what is the matter, once. @returns whether it passes. */
  tell(error: unknown): boolean {
    const message = error instanceof Error ? error.message : String(error);
    if (CUT.test(message)) return true;
    const kind = PASSING.exec(message)?.[1];
    if (kind === undefined) return false;
    if (this.told !== kind) {
      this.told = kind;
      this.remark(
        `${this.shown} ${kind === 'OOM' ? 'is full' : 'takes no commands now'} (${printable(message)}); trying again`,
      );
    }
    return true;
  }
}

/** The answers of a pipeline. @throws the first refusal among them */
export async function answersOf(sent: Promise<[error: Error | null, result: unknown][] | null>): Promise<unknown[]> {
  return ((await sent) ?? []).map(([error, value]) => {
    if (error !== null) throw error;
    return value;
  });
}
