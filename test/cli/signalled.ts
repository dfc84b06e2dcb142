/** Commands as processes of the built program, signalled while they run. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface Ended {
  /** As a shell has it: 128 and the signal where the process died of one. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a process has written so far. */
export interface Written {
  readonly stdout: string;
  readonly stderr: string;
}

const NUMBERS: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Runs a command in a folder; signals it once `when` holds of what it wrote. */
export function runSignalled(
  folder: string,
  args: readonly string[],
  signal: NodeJS.Signals = 'SIGINT',
  when: (written: Written) => boolean = () => false,
): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const written = { stdout: '', stderr: '' };
  let sent = false;
  const look = (): void => {
    if (sent || !when(written)) return;
    sent = true;
    child.kill(signal);
  };
  const watch = setInterval(look, 20);
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (data: Buffer) => {
      written[name] += data.toString();
      look();
    });
  }
  return new Promise((resolve) => {
    child.on('close', (status, by) => {
      clearInterval(watch);
      resolve({ status: status ?? 128 + (by === null ? 0 : (NUMBERS[by] ?? 0)), ...written });
    });
  });
}

/** Progress names a stage as soon as it lasts. */
export const during =
  (stage: string) =>
  ({ stderr }: Written): boolean =>
    stderr.includes(`"label":"${stage}`);
