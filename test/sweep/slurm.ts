/**
 * A Slurm cluster of one machine for tests: munge, controller and node of its own in a temporary folder, all as the
 * user that runs the tests (root).
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { until } from './queue-fixture.js';

const missing = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue'].filter(
  (program) => spawnSync('sh', ['-c', `PATH=$PATH:/usr/sbin:/sbin command -v ${program}`]).status !== 0,
);
const isRoot = process.getuid?.() === 0;

/** Why there is no cluster here; '' where there may be one. */
export const WHY_NOT =
  missing.length > 0
    ? `${missing.join(', ')} missing; on Debian they are in the packages slurm-wlm and munge`
    : isRoot
      ? ''
      : 'its daemons run as root only';

/** Files that stand for two equal cards. */
const CARDS = ['/dev/null', '/dev/zero'];

export class SlurmCluster {
  private readonly daemons: ChildProcess[] = [];
  private readonly env: NodeJS.ProcessEnv;

  constructor(private readonly folder: string) {
    this.env = {
      ...process.env,
      PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin`,
      SLURM_CONF: join(folder, 'slurm.conf'),
    };
  }

  async start(): Promise<void> {
    const at = (name: string): string => join(this.folder, name);
    mkdirSync(at('state'), { recursive: true });
    mkdirSync(at('spool'), { recursive: true });
    // munged refuses folders that others may write to.
    chmodSync(this.folder, 0o755);
    writeFileSync(at('munge.key'), randomBytes(128), { mode: 0o400 });
    const socket = at('munge.sock');
    const own = ['--key-file', at('munge.key'), '--socket', socket, '--pid-file', at('munge.pid')];
    const more = ['--log-file', at('munge.log'), '--seed-file', at('munge.seed')];
    this.daemon('munged', ['--foreground', '--force', ...own.map(joined), ...more.map(joined)].flat());
    const port = 21_000 + (process.pid % 20_000);
    const name = hostname().split('.')[0];
    writeFileSync(
      at('slurm.conf'),
      [
        'ClusterName=test',
        `SlurmctldHost=${name}(127.0.0.1)`,
        'SlurmUser=root',
        'AuthType=auth/munge',
        `AuthInfo=socket=${socket}`,
        `SlurmctldPort=${port}`,
        `SlurmdPort=${port + 1}`,
        `StateSaveLocation=${at('state')}`,
        `SlurmdSpoolDir=${at('spool')}`,
        `SlurmctldPidFile=${at('slurmctld.pid')}`,
        `SlurmdPidFile=${at('slurmd.pid')}`,
        `SlurmctldLogFile=${at('slurmctld.log')}`,
        `SlurmdLogFile=${at('slurmd.log')}`,
        'ProctrackType=proctrack/linuxproc',
        'TaskPlugin=task/none',
        'SelectType=select/cons_tres',
        // By processors alone: else a task takes all memory, and tasks run one after the other.
        'SelectTypeParameters=CR_Core',
        'ReturnToService=2',
        'MpiDefault=none',
        // As many processors as tasks, whatever the machine has, and no waiting for a round of the scheduler.
        'SlurmdParameters=config_overrides',
        'SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,sched_interval=1',
        'EpilogMsgTime=0',
        'GresTypes=gpu',
        `NodeName=${name} NodeAddr=127.0.0.1 CPUs=8 Gres=gpu:${CARDS.length} State=UNKNOWN`,
        `PartitionName=test Nodes=${name} Default=YES MaxTime=INFINITE State=UP`,
        '',
      ].join('\n'),
    );
    writeFileSync(at('gres.conf'), CARDS.map((file) => `Name=gpu File=${file}\n`).join(''));
    await until(() => spawnSync('munge', ['-n', '-S', socket], { env: this.env }).status === 0, 'munge answers');
    this.daemon('slurmctld', ['-D']);
    this.daemon('slurmd', ['-D']);
    await until(() => this.ask('sinfo', ['-h', '-o', '%T']).trim() === 'idle', 'the node is idle');
  }

  /** Submits a script and waits for its end. @returns the state of every task. */
  async run(script: string, options: readonly string[]): Promise<string[]> {
    const path = join(this.folder, 'job.sh');
    writeFileSync(path, script);
    const id = this.ask('sbatch', ['--parsable', ...options, path]).trim();
    await until(() => this.ask('squeue', ['-r', '-h', '-j', id]).trim() === '', 'the job ends', 90);
    return [...this.ask('scontrol', ['-o', 'show', 'job', id]).matchAll(/JobState=(\w+)/g)].map(([, state]) => state);
  }

  /** What the daemons have written, for messages. */
  logs(): string {
    return ['munge.log', 'slurmctld.log', 'slurmd.log']
      .map((name) => {
        try {
          return `${name}:\n${readFileSync(join(this.folder, name), 'utf8').split('\n').slice(-15).join('\n')}`;
        } catch {
          return `${name}: none`;
        }
      })
      .join('\n');
  }

  async stop(): Promise<void> {
    for (const daemon of this.daemons.reverse()) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      const ended = new Promise((resolve) => daemon.on('exit', resolve));
      daemon.kill('SIGTERM');
      const patience = setTimeout(() => daemon.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(patience);
    }
  }

  private daemon(name: string, args: readonly string[]): void {
    this.daemons.push(spawn(name, args, { env: this.env, stdio: 'ignore' }));
  }

  private ask(command: string, args: readonly string[]): string {
    return execFileSync(command, args, { env: this.env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }
}

/** munged takes its long options with `=`. */
function joined(text: string, i: number, all: readonly string[]): string[] {
  return i % 2 === 0 ? [`${text}=${all[i + 1]}`] : [];
}
