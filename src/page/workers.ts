/** The page's workers, started when first needed. The literal `new Worker(new URL(…))` is what bundlers look for. */
import type { BenchCommand, BenchEvent, RunCommand, RunEvent, TheoryCommand, TheoryEvent } from './protocol.js';

export interface Client<Command> {
  post(command: Command): void;
  terminate(): void;
}

function client<Command>(
  worker: Worker,
  onEvent: (event: unknown) => void,
  onBroken: (message: string) => void,
): Client<Command> {
  worker.onmessage = ({ data }: MessageEvent<unknown>) => {
    onEvent(data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    onBroken(event.message || 'a worker’s script could not be loaded');
  };
  return {
    post: (command) => {
      worker.postMessage(command);
    },
    terminate: () => {
      worker.terminate();
    },
  };
}

export function startRunWorker(onEvent: (event: RunEvent) => void, onBroken: (message: string) => void) {
  const worker = new Worker(new URL('./run-worker.js', import.meta.url), { type: 'module', name: 'run' });
  return client<RunCommand>(worker, onEvent as (event: unknown) => void, onBroken);
}

export function startTheoryWorker(onEvent: (event: TheoryEvent) => void, onBroken: (message: string) => void) {
  const worker = new Worker(new URL('./theory-worker.js', import.meta.url), { type: 'module', name: 'theory' });
  return client<TheoryCommand>(worker, onEvent as (event: unknown) => void, onBroken);
}

export function startBenchWorker(onEvent: (event: BenchEvent) => void, onBroken: (message: string) => void) {
  const worker = new Worker(new URL('./bench-worker.js', import.meta.url), { type: 'module', name: 'bench' });
  return client<BenchCommand>(worker, onEvent as (event: unknown) => void, onBroken);
}
