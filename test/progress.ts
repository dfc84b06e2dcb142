/** On a terminal: one line that says how far the tests are, and at once what fails. All else is vitest's reporter. */
import type { TestModule, TestSpecification } from 'vitest/node';
import { DefaultReporter } from 'vitest/node';

/** Back to the line's first column, and nothing on it. */
const CLEAR = '\r\u001b[K';

export default class Progress extends DefaultReporter {
  private files = 0;
  private done = 0;
  private failed = 0;
  private began = 0;

  constructor() {
    super({ summary: false });
  }

  override onTestRunStart(specifications: readonly TestSpecification[]): void {
    [this.files, this.done, this.failed, this.began] = [specifications.length, 0, 0, performance.now()];
    super.onTestRunStart(specifications);
    this.show();
  }

  override log(...messages: unknown[]): void {
    this.write(CLEAR);
    super.log(...messages);
  }

  override error(...messages: unknown[]): void {
    this.write(CLEAR);
    super.error(...messages);
  }

  override onUserConsoleLog(...args: Parameters<DefaultReporter['onUserConsoleLog']>): void {
    this.write(CLEAR);
    super.onUserConsoleLog(...args);
  }

  protected override printTestModule(module: TestModule): void {
    this.done++;
    if (!module.ok()) {
      this.failed++;
      super.printTestModule(module);
    }
    this.show();
  }

  private show(): void {
    const seconds = Math.round((performance.now() - this.began) / 1000);
    const line = `${this.done} of ${this.files} files, ${this.failed} failed, ${seconds} s`;
    this.write(`${CLEAR}${this.done < this.files ? line : ''}`);
  }

  private write(text: string): void {
    this.ctx.logger.outputStream.write(text);
  }
}
