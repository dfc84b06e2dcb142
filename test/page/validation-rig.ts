/** A validation without a browser: what it says is written down, and the workers say what the test has them say. */
import { emptyPartials } from '../../src/engine/partials.js';
import { FIELDS, fieldOf, linkOf, readTexts } from '../../src/page/form-values.js';
import type { Field } from '../../src/page/form-values.js';
import type { Found, Judged, RunCommand, RunEvent, Snapshot, TheoryCommand } from '../../src/page/protocol.js';
import { Validation } from '../../src/page/validation.js';
import type { Controls, Run } from '../../src/page/run-state.js';
import type { Steered } from '../../src/page/validation.js';
import { presetDocument } from '../../src/scenario/presets.js';

type TheoryListener = Parameters<Steered['startTheory']>[0];

/** One worker that solves laws. */
interface TheoryWorker {
  readonly listener: TheoryListener;
  readonly heard: TheoryCommand[];
  isEnded: boolean;
}

/** What was found of a run by so many paths. */
export function foundOf(paths: number): Found {
  const empty = emptyPartials([{ slots: 64, bins: { offset: 0, shift: 0 } }]);
  const partials = { horizons: empty.horizons.map((horizon) => ({ ...horizon, count: paths })) };
  return { partials, counted: partials, elapsedSeconds: 1 };
}

/** A verdict, as far as the status line and the result need it. */
export function judgedOf(partialsSha256: string, more: object = {}): Judged {
  const document = { pass: true, partialsSha256, horizons: [{ slots: 64 }], ...more };
  return { kind: 'walk', document } as unknown as Judged;
}

export class Rig {
  status = '';
  remark = '';
  unjudged: string | undefined;
  controls: Controls | undefined;
  link: string | undefined;
  report: string | undefined;
  /** What the page's address has after `#`. */
  fragment = '';
  /** The form: its preset, its texts, and the field at which something is wrong. */
  preset = 'reference';
  readonly texts: Record<Field, string>;
  wrongAt: Field | undefined;
  /** What the worker that runs was told, and the laws among it. */
  readonly runs: Extract<RunCommand, { type: 'run' }>[] = [];
  readonly toldLaws: number[] = [];
  stops = 0;
  horizon: number | undefined;
  readonly theories: TheoryWorker[] = [];
  /** What was drawn last. */
  drawn: Run | undefined;
  scheduled = 0;
  readonly validation: Validation;

  constructor() {
    const scenario = JSON.stringify(presetDocument('reference'));
    this.texts = { trials: '1,000', horizons: '16, 64', seed: 'rig', backend: 'auto', scenario };
    this.validation = new Validation({
      form: this.form(),
      runner: {
        run: (order) => this.runs.push(order),
        stop: () => this.stops++,
        show: (horizon) => (this.horizon = horizon),
        tellLaws: ({ slots }) => this.toldLaws.push(slots),
      },
      drawing: {
        schedule: () => this.scheduled++,
        draw: () => (this.drawn = structuredClone(this.validation.current.run)),
        clear: (horizons) => {
          this.drawn = undefined;
          return horizons.length - 1;
        },
      },
      screen: {
        say: (text) => (this.status = text),
        remark: (text) => (this.remark = text),
        update: (controls) => (this.controls = controls),
        showUnjudged: (reason) => (this.unjudged = reason),
        link: (fragment) => (this.link = fragment),
        saveReport: (html) => (this.report = html),
      },
      startTheory: (listener) => {
        const worker: TheoryWorker = { listener, heard: [], isEnded: false };
        this.theories.push(worker);
        return { post: (command) => worker.heard.push(command), terminate: () => (worker.isEnded = true) };
      },
      fragment: () => this.fragment,
    });
  }

  private form(): Steered['form'] {
    return {
      read: () => {
        this.wrongAt = undefined;
        return readTexts(this.texts, (field) => (this.wrongAt = field));
      },
      complain: (failure) => {
        this.wrongAt = fieldOf(failure);
        return this.wrongAt !== undefined;
      },
      link: () => linkOf(this.preset, this.texts),
      fill: ({ preset = 'reference', ...linked }) => {
        this.preset = preset;
        for (const field of FIELDS) this.texts[field] = linked[field] ?? this.texts[field];
      },
      setTrials: (trials) => (this.texts.trials = String(trials)),
    };
  }

  /** The worker that solves laws now. */
  get theory(): TheoryWorker {
    return this.theories[this.theories.length - 1];
  }

  /** A run starts, on a backend that opens. */
  start(): void {
    this.validation.start();
    this.open();
  }

  open(): void {
    this.validation.takeRun({
      ...{ type: 'opened', backend: 'cpu' },
      adapter: { description: 'rig' } as unknown as Extract<RunEvent, { type: 'opened' }>['adapter'],
    });
  }

  progress(paths: number): void {
    const snapshot = { kind: 'walk', paths, trials: 1000, summary: { horizons: [{ slots: 64 }] } };
    this.validation.takeRun({ type: 'snapshot', snapshot: snapshot as unknown as Snapshot });
  }

  end(paths: number, sha256: string, stopped = false): void {
    this.validation.takeRun({ type: 'ended', found: foundOf(paths), partialsSha256: sha256, stopped });
  }
}
