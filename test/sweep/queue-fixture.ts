/**
 * What the queue's tests share: Redis servers of their own, workers and drivers as processes, programs that fail on
 * purpose.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Redis } from 'ioredis';
import { textLoaders, wasmForEsbuild } from '../../kernels/wasm/compile.mjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));
export const cli = join(repository, 'dist/cli.js');

/** Recovery in a second or two instead of a minute. */
export const TUNING = {
  lockDuration: 1500,
  stalledInterval: 500,
  reconcileInterval: 400,
  heartbeat: 200,
  jobMilliseconds: 60,
};
const environment = { ...process.env, BATTERYWALK_QUEUE_TUNING: JSON.stringify(TUNING) };

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
export const WHY = hasRedis
  ? ''
  : ' (skipped: redis-server is not on the PATH; on Debian it is the package redis-server)';

/** 40 shards of 2^23 path-slots each, of ten points: laws take longer than walks here. */
const QUEUED = {
  schemaVersion: 1,
  base: 'surplus',
  trials: 65_536,
  horizons: [64, 512],
  seed: 'queue',
  axes: { 'harvest.mean.timesDemand': { from: 0.96, to: 1.05, count: 10 } },
  shardPathSlots: 2 ** 23,
  exact: 'none',
} as const;
export const SHARDS = 40;

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until something holds. */
export async function until(holds: () => boolean | Promise<boolean>, what: string, seconds = 600): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${seconds} s in vain until ${what}`);
    await pause(10);
  }
}

/** A server on a Unix socket; its real process, so that it can be killed. */
export class RedisServer {
  readonly url: string;
  private readonly socket: string;
  private child: ChildProcess | undefined;

  constructor(
    private readonly folder: string,
    private readonly settings: readonly string[] = [],
  ) {
    mkdirSync(folder, { recursive: true });
    this.socket = join(folder, 'r.sock');
    this.url = `unix:${this.socket}`;
  }

  async start(): Promise<this> {
    const given = [
      '--port',
      '0',
      '--unixsocket',
      this.socket,
      '--dir',
      this.folder,
      '--save',
      '',
      '--appendonly',
      'no',
    ];
    const child = spawn('redis-server', [...given, ...this.settings], { stdio: 'ignore' });
    this.child = child;
    await until(() => {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
      return answers(this.socket);
    }, 'Redis answers');
    return this;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { child } = this;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await new Promise((resolve) => child.on('exit', resolve));
  }

  /** Stops the server, or has it go on: it accepts connections meanwhile and answers nothing. */
  freeze(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child?.kill(signal);
  }

  client(): Redis {
    return new Redis({ path: this.socket, maxRetriesPerRequest: null });
  }
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const client = connect(socket);
    client.on('error', () => {
      resolve(false);
    });
    client.on('data', (data) => {
      client.destroy();
      resolve(/PONG|NOAUTH/.test(data.toString()));
    });
    client.write('PING\r\n');
  });
}

/** A process of the command line. */
export class Program {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  stdout = '';
  stderr = '';

  constructor(
    args: readonly string[],
    { program = cli, env = {} }: { program?: string; env?: NodeJS.ProcessEnv } = {},
  ) {
    this.child = spawn(process.execPath, [program, ...args], {
      env: { ...environment, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (data: Buffer) => (this.stdout += data.toString()));
    this.child.stderr?.on('data', (data: Buffer) => (this.stderr += data.toString()));
    this.ended = new Promise((resolve) => this.child.on('close', resolve));
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    this.child.kill(signal);
    return this.ended;
  }
}

const programs: Program[] = [];

export function start(args: readonly string[], options?: { program?: string; env?: NodeJS.ProcessEnv }): Program {
  const program = new Program(args, options);
  programs.push(program);
  return program;
}

/** Ends whatever a test left running. */
export async function endPrograms(): Promise<void> {
  await Promise.all(programs.splice(0).map((program) => program.kill()));
}

export const workerAt = (url: string, ...more: string[]): Program =>
  start(['worker', '--queue', url, '--backend', 'cpu', ...more]);
export const driverAt = (url: string, file: string, out: string, ...more: string[]): Program =>
  start(['sweep', file, '--queue', url, '--out', out, ...more]);

export function writeSweep(folder: string, changes: Record<string, unknown> = {}): string {
  const path = join(
    folder,
    `sweep-${createHash('sha256').update(JSON.stringify(changes)).digest('hex').slice(0, 8)}.json`,
  );
  writeFileSync(path, JSON.stringify({ ...QUEUED, ...changes }));
  return path;
}

/** Hashes of the files that must be the same whatever happened. */
export function finals(out: string): Record<string, string> {
  return Object.fromEntries(
    ['results.parquet', 'manifest.json'].map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(out, name)))
        .digest('hex'),
    ]),
  );
}

/**
 * The built programs with another engine: what it does to shards is `source`, a function that is told of every job
 * before it is run, and what it does to results is `alter`.
 */
export async function programWith(folder: string, source: string, alter = '(partials) => partials'): Promise<string> {
  cpSync(join(repository, 'dist'), folder, {
    recursive: true,
    filter: (path) => !/\.map$|[\\/](page|types)$/.test(path),
  });
  await build({
    absWorkingDir: repository,
    stdin: { contents: engineSource(source, alter), resolveDir: repository, loader: 'ts' },
    outfile: join(folder, 'sweep-worker.js'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    conditions: ['node'],
    external: ['webgpu'],
    plugins: [wasmForEsbuild],
    loader: textLoaders,
    define: { BATTERYWALK_VERSION: JSON.stringify(versionOf()) },
    banner: {
      js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
    },
    logLevel: 'error',
  });
  return join(folder, 'cli.js');
}

const versionOf = (): string =>
  (JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string }).version;

function engineSource(source: string, alter: string): string {
  return `
    import { host } from '#host';
    import { workerScope } from '#worker-scope';
    import { openBackend } from './src/engine/open-backend.ts';
    import { DeviceLostError, PlanError } from './src/errors.ts';
    import { runEngine } from './src/sweep/node/queue/engine.ts';
    const meet = ${source};
    const alter = ${alter};
    runEngine(workerScope, { open: async (request) => {
      const backend = await openBackend(host, request);
      return {
        ...backend,
        async runAll(feed, control) {
          let wrong;
          await backend.runAll({
            pathSlots: feed.pathSlots,
            next() {
              const job = feed.next();
              if (job !== undefined) try { meet(job, { DeviceLostError, PlanError }); } catch (error) { wrong ??= error; return undefined; }
              return job;
            },
            done: (taken, partials) => feed.done(taken, alter(partials)),
          }, control);
          if (wrong) throw wrong;
        },
      };
    } });`;
}
