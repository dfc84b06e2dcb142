/**
 * Bad inputs by kind: what a user may type or have in a file that no command can use. Each case makes its own files in
 * a folder and says which words the one line on stderr must have. Not valid inputs whose results are wrong.
 */
import { badCommands } from './bad-commands.js';
import type { BadInput } from './bad-input.js';
import { badScenarios } from './bad-scenarios.js';

/** All of them, the same in every run. */
export const badInputs = (): readonly BadInput[] => [...badScenarios(), ...badCommands()];
