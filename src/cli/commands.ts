/** The commands of the command line, in the order of `--help`. A command is one file and one line here. */
import type { CommandSpec } from './context.js';
import { tasks } from './tasks.js';

export const COMMANDS: readonly CommandSpec[] = [tasks];
