/**
 * Who may print. A command's thread and the first one both can; after a signal the first takes the floor for good, but
 * lets the other finish what it is printing. So no document is cut, and none follows another.
 */
import type { TextSink } from './progress.js';

const FREE = 0;
const SPEAKING = 1;
const TAKEN = 2;

export class Floor {
  private readonly state: Int32Array;
  /** Something was not said. */
  private refused = false;

  /** @param shared four bytes that both threads have */
  constructor(readonly shared = new SharedArrayBuffer(4)) {
    this.state = new Int32Array(shared);
  }

  /** The command's sink: it says nothing once the floor is taken. */
  sink(of: TextSink): TextSink {
    return {
      write: (text) => {
        if (Atomics.compareExchange(this.state, 0, FREE, SPEAKING) !== FREE) {
          this.refused = true;
          return;
        }
        try {
          of.write(text);
        } finally {
          Atomics.store(this.state, 0, FREE);
        }
      },
      isTTY: of.isTTY,
      columns: of.columns,
    };
  }

  /** Whether all that was to be printed was. */
  get isWhole(): boolean {
    return !this.refused;
  }

  /** Takes it for good. @returns false while the other is printing */
  take(): boolean {
    return Atomics.compareExchange(this.state, 0, FREE, TAKEN) !== SPEAKING;
  }
}
