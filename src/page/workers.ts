/**
 * The page's workers, started when first needed and started again where one never starts. The page also starts the
 * workers of its workers (host/lending.ts). The literal `new Worker(new URL(…))` is what bundlers look for.
 */
import { host } from '#host';
import { lendWorkers } from '../host/lending.js';
import { BEAT, Silence } from '../engine/silence.js';
import type {
  BenchCommand,
  BenchEvent,
  RunCommand,
  RunEvent,
  Started,
  TheoryCommand,
  TheoryEvent,
} from './protocol.js';

export interface Client<Command> {
  post(command: Command): void;
  terminate(): void;
}

/** What is heard of a worker. */
interface Listener<Event> {
  onEvent(event: Event): void;
  /** An error that it did not catch, or it does not start: it is gone. */
  onBroken(message: string): void;
}

class StartedWorker<Command, Event> implements Client<Command> {
  private worker: Worker;
  /** Commands that it may not have heard: none any more once it has started. */
  private unheard: Command[] | undefined = [];
  private readonly silence = new Silence();
  private readonly timer: ReturnType<typeof setInterval>;
  private takeBack: () => void = () => undefined;

  constructor(
    private readonly make: () => Worker,
    private readonly borrows: boolean,
    private readonly listener: Listener<Event>,
  ) {
    this.worker = this.start();
    this.timer = setInterval(() => {
      this.listen();
    }, BEAT * 1000);
  }

  post(command: Command): void {
    this.unheard?.push(command);
    this.worker.postMessage(command);
  }

  terminate(): void {
    clearInterval(this.timer);
    this.end();
  }

  private start(): Worker {
    const worker = this.make();
    worker.onmessage = ({ data }: MessageEvent<Event | Started>) => {
      if (isStarted(data)) {
        this.unheard = undefined;
        clearInterval(this.timer);
      } else this.listener.onEvent(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.terminate();
      this.listener.onBroken(event.message || 'a worker’s script could not be loaded');
    };
    if (this.borrows) {
      const { port1, port2 } = new MessageChannel();
      this.takeBack = lendWorkers(host, port1);
      worker.postMessage({ type: 'lend', port: port2 }, [port2]);
    }
    return worker;
  }

  private end(): void {
    this.worker.onmessage = null;
    this.worker.onerror = null;
    this.worker.terminate();
    this.takeBack();
  }

  /** Counts the silence of a worker that has not said yet that it has started. */
  private listen(): void {
    const { act } = this.silence.beat();
    if (act === 'wait') return;
    this.end();
    if (act === 'give up') {
      this.terminate();
      this.listener.onBroken('A worker of the page does not start');
      return;
    }
    this.worker = this.start();
    for (const command of this.unheard ?? []) this.worker.postMessage(command);
  }
}

function isStarted(data: unknown): data is Started {
  return (data as Partial<Started>).type === 'started';
}

export function startRunWorker(listener: Listener<RunEvent>): Client<RunCommand> {
  const make = () => new Worker(new URL('./run-worker.js', import.meta.url), { type: 'module', name: 'run' });
  return new StartedWorker<RunCommand, RunEvent>(make, true, listener);
}

export function startTheoryWorker(listener: Listener<TheoryEvent>): Client<TheoryCommand> {
  const make = () => new Worker(new URL('./theory-worker.js', import.meta.url), { type: 'module', name: 'theory' });
  return new StartedWorker<TheoryCommand, TheoryEvent>(make, false, listener);
}

export function startBenchWorker(listener: Listener<BenchEvent>): Client<BenchCommand> {
  const make = () => new Worker(new URL('./bench-worker.js', import.meta.url), { type: 'module', name: 'bench' });
  return new StartedWorker<BenchCommand, BenchEvent>(make, true, listener);
}
