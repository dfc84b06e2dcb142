/** Which of the commands of pages take long, most of them by exact laws: docs.long.test.ts runs them. */
import { expect } from 'vitest';
import { firstMissing, runLineOnce } from './docs.js';
import type { Shown } from './docs.js';

const LONG = /^(?:npx )?batterywalk (?:bench|compare|design|doctor|exact|figure|prove|reserve|tail|validate)\b/;
/** What a newcomer sees first is run at once. */
const FIRST = /^(?:npx )?batterywalk validate surplus --trials 2e4 --slots 1h/;
export const isLong = ({ command }: Pick<Shown, 'command'>): boolean => LONG.test(command) && !FIRST.test(command);

/** Runs a command as shown, but without progress, and holds what it prints against what is shown. */
export async function expectShown({ command, lines, place }: Shown, folder: string): Promise<void> {
  const quiet = /[|>]/.test(command) || !command.startsWith('batterywalk') ? command : `${command} --quiet`;
  const { status, stdout } = await runLineOnce(quiet, folder);
  expect({ place, status }).toEqual({ place, status: 0 });
  expect({ place, missing: firstMissing(lines, stdout) }).toEqual({ place, missing: undefined });
}
