/** The commands of the command line, in the order of `--help`. A command is one file and one line here. */
import type { CommandSpec } from './context.js';
import { bench } from './bench.js';
import { compare } from './compare.js';
import { completion } from './completion.js';
import { design } from './design.js';
import { doctor } from './doctor.js';
import { exact } from './exact.js';
import { figure } from './figure.js';
import { preset, presets } from './presets.js';
import { prove } from './prove.js';
import { reserve } from './reserve.js';
import { runCommand } from './run.js';
import { merge } from './merge.js';
import { serve } from './serve.js';
import { sweep } from './sweep.js';
import { tail } from './tail.js';
import { tasks } from './tasks.js';
import { validate } from './validate.js';
import { worker } from './worker.js';

export const COMMANDS: readonly CommandSpec[] = [
  validate,
  runCommand,
  exact,
  tasks,
  reserve,
  tail,
  prove,
  figure,
  compare,
  design,
  sweep,
  merge,
  worker,
  bench,
  serve,
  presets,
  preset,
  doctor,
  completion,
];
