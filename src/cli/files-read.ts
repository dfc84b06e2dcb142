/** Files of measured values that a command's results come of: kept once each, told at the head of its text, once. */
import { filesReadText } from '../report/reading-text.js';
import { fileRead, type FileRead } from '../scenario/trace/inspect.js';
import type { Reading } from '../scenario/trace/reading.js';

export class FilesRead {
  private readonly found: FileRead[] = [];
  private isTold = false;

  get all(): readonly FileRead[] {
    return this.found;
  }

  /** For documents: nothing where no file was read. */
  get document(): { readonly read?: readonly FileRead[] } {
    return this.found.length === 0 ? {} : { read: this.found };
  }

  /** @returns its lines; undefined where the same was read before */
  add(reading: Reading): string | undefined {
    const found = fileRead(reading);
    const text = JSON.stringify(found);
    if (this.found.some((known) => JSON.stringify(known) === text)) return undefined;
    this.found.push(found);
    return filesReadText([found]).trimEnd();
  }

  /** What is said of all of them. */
  get lines(): string {
    return filesReadText(this.found);
  }

  /** A text that is to be printed, with the lines of all files before it unless they were told. */
  before(text: string): string {
    const head = this.isTold ? '' : this.lines;
    this.isTold = true;
    return head + text;
  }
}
