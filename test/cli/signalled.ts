/** Commands as processes of the built program, signalled while they run. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface Ended {
  /** As a shell has it: 128 and the signal where the process died of one. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it died of a signal, rather than ended after one. */
  readonly died: boolean;
  /**
   * Seconds from the signal to the end, by the clock and of processors; those are known on Linux alone. Without a
   * signal, nothing.
   */
  readonly after: { readonly wall: number; readonly processor: number } | undefined;
}

/** What a process has written so far. */
export interface Written {
  readonly stdout: string;
  readonly stderr: string;
  /** Seconds of processors that it has used: a moment that no load of the machine moves. Of the clock off Linux. */
  readonly used: number;
}

const NUMBERS: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Hundredths of a second: what Linux counts in. */
const TICKS = 100;

/** Seconds of processors that a process has used; NaN where the host does not tell. */
function processorSeconds(pid: number | undefined): number {
  try {
    // The name, in brackets, may have blanks; after it, user and system time are the 12th and the 13th field.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return NaN;
  }
}

/**
 * Runs a command in a folder; signals it once `when` holds of what it wrote.
 * @param hang seconds after which it is killed @param again milliseconds after which it is signalled a second time
 */
export function runSignalled(
  folder: string,
  args: readonly string[],
  signal: NodeJS.Signals = 'SIGINT',
  when: (written: Written) => boolean = () => false,
  hang = 600,
  again?: number,
): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const written = { stdout: '', stderr: '' };
  const start = performance.now();
  let sent: { readonly at: number; readonly used: number } | undefined;
  let used = NaN;
  const look = (): void => {
    const now = processorSeconds(child.pid);
    if (!Number.isNaN(now)) used = now;
    const passed = Number.isNaN(used) ? (performance.now() - start) / 1000 : used;
    if (sent !== undefined || !when({ ...written, used: passed })) return;
    sent = { at: performance.now(), used };
    child.kill(signal);
    if (again !== undefined) setTimeout(() => child.kill(signal), again);
  };
  const watch = setInterval(look, 20);
  const killed = setTimeout(() => child.kill('SIGKILL'), hang * 1000);
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (data: Buffer) => {
      written[name] += data.toString();
      look();
    });
  }
  return new Promise((resolve) => {
    child.on('close', (status, by) => {
      clearInterval(watch);
      clearTimeout(killed);
      const after = sent && { wall: (performance.now() - sent.at) / 1000, processor: used - sent.used };
      const number = by === null ? 0 : (NUMBERS[by] ?? 0);
      resolve({ status: status ?? 128 + number, ...written, died: by !== null, after });
    });
  });
}

/** Progress names a stage as soon as it lasts. */
export const during =
  (stage: string) =>
  ({ stderr }: Written): boolean =>
    stderr.includes(`"label":"${stage}`);
