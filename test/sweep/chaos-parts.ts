/** What the chaos run breaks things with: a proxy before Redis, supervised processes, a small disk. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';
import { pause } from './queue-fixture.js';
import type { Program } from './queue-fixture.js';

/** Milliseconds that each piece waits in a slow proxy; one number, so that timers end in the order of their pieces. */
const SLOW = 40;

/** Stands between clients and a server's socket: lets pass, is slow, is silent, or cuts what is open. */
export class Proxy {
  readonly url: string;
  /** Each piece waits a little, either way. */
  isSlow = false;
  /** Nothing passes while it is set; what came meanwhile is lost. */
  isSilent = false;
  /** All is cut, once, when a client names this command. */
  cutAt: string | undefined;
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;

  constructor(
    private readonly path: string,
    private readonly target: string,
  ) {
    this.url = `unix:${path}`;
  }

  async start(): Promise<this> {
    const server = createServer((client) => {
      const behind = connect(this.target);
      this.pass(client, behind);
      this.pass(behind, client);
    });
    this.server = server;
    await new Promise<void>((resolve) => {
      server.listen(this.path, resolve);
    });
    return this;
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  stop(): void {
    this.cut();
    this.server?.close();
  }

  private pass(from: Socket, to: Socket): void {
    this.sockets.add(from);
    let waiting = 0;
    from.on('data', (data) => {
      if (this.isSilent) return;
      // A command begins with its name, of that length: https://redis.io/docs/latest/develop/reference/protocol-spec/
      const named = this.cutAt === undefined ? undefined : `$${this.cutAt.length}\r\n${this.cutAt}\r\n`;
      if (named !== undefined && String(data).includes(named)) {
        this.cutAt = undefined;
        this.cut();
        return;
      }
      // A stream keeps its order: what comes once it is fast again waits for those before it.
      if (!this.isSlow && waiting === 0) {
        to.write(data);
        return;
      }
      waiting++;
      setTimeout(() => {
        waiting--;
        to.write(data);
      }, SLOW);
    });
    const end = (): void => {
      this.sockets.delete(from);
      to.destroy();
    };
    from.on('close', end);
    from.on('error', end);
  }
}

/** A process that is started again whenever it ends, as a service manager does. */
export class Supervised {
  /** Ends, by status or signal. */
  readonly ends: string[] = [];
  current: Program | undefined;
  private wanted = true;
  readonly over: Promise<void>;

  /** @param isDone after such an end it is not started again. */
  constructor(start: () => Program, isDone: (program: Program, status: number | null) => boolean = () => false) {
    this.over = (async () => {
      while (this.wanted) {
        const program = (this.current = start());
        const status = await program.ended;
        this.ends.push(String(status ?? program.child.signalCode));
        if (isDone(program, status)) return;
        await pause(100);
      }
    })();
  }

  signal(name: NodeJS.Signals): void {
    if (this.current?.running === true) this.current.child.kill(name);
  }

  async end(): Promise<void> {
    this.wanted = false;
    this.signal('SIGCONT');
    await this.current?.kill();
    await this.over;
  }
}

/**
 * A folder on a disk of its own, where this process may mount one; else its results' folder can be made one that
 * takes none.
 */
export class SmallDisk {
  readonly mounted: boolean;

  constructor(readonly path: string) {
    mkdirSync(path, { recursive: true });
    this.mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', path]).status === 0;
  }

  /** Takes all room that is left. @returns whether it could. */
  fill(): boolean {
    if (!this.mounted) return false;
    const filler = join(this.path, 'filler');
    for (let bytes = 2 ** 22; bytes >= 2 ** 12;) {
      try {
        writeFileSync(filler, Buffer.alloc(bytes), { flag: 'a' });
      } catch {
        bytes /= 2;
      }
    }
    return true;
  }

  empty(): void {
    rmSync(join(this.path, 'filler'), { force: true });
  }

  remove(): void {
    if (this.mounted) spawnSync('umount', ['-l', this.path]);
  }
}
