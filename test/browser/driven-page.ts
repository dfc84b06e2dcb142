/**
 * The page as a person uses it, in whichever browser: by its elements' ids, through nothing but scripts in the page.
 */
import { setTimeout as wait } from 'node:timers/promises';

/** A page of Playwright's or Puppeteer's, as far as both agree. */
export interface Scriptable {
  evaluate(script: string): Promise<unknown>;
  goto(url: string): Promise<unknown>;
  close(): Promise<unknown>;
}

/** A browser under test. */
export interface TestBrowser {
  /** A new page, with all that it complained of. */
  open(): Promise<{ readonly page: Scriptable; readonly problems: string[] }>;
  close(): Promise<unknown>;
}

/** The end of a hang: nothing that is well takes as long. */
const LONGEST_MS = 600_000;

export class DrivenPage {
  constructor(private readonly page: Scriptable) {}

  async goto(url: string): Promise<void> {
    await this.page.goto(url);
    await this.until(`!document.getElementById('content').hidden`);
  }

  /** Fills in fields by their ids, as typing does. */
  async fill(fields: Readonly<Record<string, string>>): Promise<void> {
    await this.page.evaluate(`for (const [id, text] of Object.entries(${JSON.stringify(fields)})) {
      const field = document.getElementById(id);
      field.value = text;
      for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }));
    }`);
  }

  async press(id: string): Promise<void> {
    const pressed = await this.page.evaluate(`(() => {
      const button = document.getElementById(${JSON.stringify(id)});
      const can = !button.disabled;
      button.click();
      return can;
    })()`);
    if (pressed !== true) throw new Error(`#${id} cannot be pressed: the status is “${await this.text('status')}”`);
  }

  async text(id: string): Promise<string> {
    return String(await this.page.evaluate(`document.getElementById(${JSON.stringify(id)})?.textContent ?? ''`));
  }

  /** Waits until the element's text is such; returns it. */
  async says(id: string, pattern: RegExp): Promise<string> {
    await this.until(`${String(pattern)}.test(document.getElementById(${JSON.stringify(id)})?.textContent ?? '')`);
    return this.text(id);
  }

  /** Waits until an expression is true in the page. */
  async until(expression: string): Promise<void> {
    const end = performance.now() + LONGEST_MS;
    while ((await this.page.evaluate(`Boolean(${expression})`)) !== true) {
      if (performance.now() > end)
        throw new Error(`waited in vain for ${expression}: the status is “${await this.text('status')}”`);
      await wait(50);
    }
  }
}
