/** Sinks that remember what was written, and a way to run the command line on them. */
import type { CommandSpec } from '../../src/cli/context.js';
import { runCommandLine } from '../../src/cli/program.js';

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runOn(
  argv: readonly string[],
  commands?: readonly CommandSpec[],
  controller = new AbortController(),
): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({ write: (text: string) => (written[name] += text) });
  const io = { stdout: sink('stdout'), stderr: sink('stderr') };
  const status = await runCommandLine(argv, io, () => controller.signal, commands);
  return { status, ...written };
}

/** A text as sentences are read: its lines may break anywhere. */
export function unfolded(text: string): string {
  return text.replace(/\s+/g, ' ');
}
