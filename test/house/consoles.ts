/** Which of the commands that pages show take minutes: docs.long.test.ts runs them, docs.test.ts all others. */
import { expect } from 'vitest';
import { firstMissing, runLineOnce } from './docs.js';
import type { Shown } from './docs.js';

const LONG: readonly RegExp[] = [
  /^batterywalk validate$/,
  /^batterywalk design solar-site/,
  /^batterywalk compare solar-site/,
];
export const isLong = ({ command }: Shown): boolean => LONG.some((pattern) => pattern.test(command));

/** Runs a command as shown, but without progress, and holds what it prints against what is shown. */
export async function expectShown({ command, lines, place }: Shown, folder: string): Promise<void> {
  const quiet = /[|>]/.test(command) || !command.startsWith('batterywalk') ? command : `${command} --quiet`;
  const { status, stdout } = await runLineOnce(quiet, folder);
  expect({ place, status }).toEqual({ place, status: 0 });
  expect({ place, missing: firstMissing(lines, stdout) }).toEqual({ place, missing: undefined });
}
