/**
 * Paths into a scenario document, such as `harvest.mean.timesDemand` or `tasks[2].weight`: how a sweep's axes name what
 * they vary.
 */
import { InputError } from '../errors.js';

type Step = string | number;

const STEP = /\[(?<index>\d+)\]|(?:^|\.)(?<key>[A-Za-z_][A-Za-z0-9_]*)/y;

/** What gives a path its place in messages: the axes of a sweep, or an option. */
type Source = 'axes' | `--${string}`;

/** Takes a path apart. @throws {InputError} on what is none. */
export function parsePath(path: string, source: Source = 'axes'): readonly Step[] {
  const steps: Step[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < path.length) {
    const groups: Partial<Record<'index' | 'key', string>> = STEP.exec(path)?.groups ?? {};
    const step = groups.key ?? (groups.index === undefined ? undefined : Number(groups.index));
    if (step === '__proto__') {
      throw new InputError(
        `${source}: got the name ${JSON.stringify(path)}, expected another than "__proto__": JavaScript gives it a meaning of its own`,
        entryOf(source, path),
      );
    }
    if (step === undefined || (steps.length === 0 && typeof step === 'number')) {
      throw new InputError(
        `${source}: got the name ${JSON.stringify(path)}, expected a path within a scenario, such as "harvest.mean.timesDemand" or "tasks[0].weight"`,
        entryOf(source, path),
      );
    }
    steps.push(step);
  }
  if (steps.length === 0) {
    throw new InputError(`${source}: got an empty name, expected a path within a scenario`, source);
  }
  return steps;
}

const entryOf = (source: Source, path: string): string =>
  source === 'axes' ? `axes[${JSON.stringify(path)}]` : source;

/** What a document has at a path; undefined where it has nothing there. */
export function valueAt(document: unknown, path: string, source: Source = 'axes'): unknown {
  return parsePath(path, source).reduce<unknown>((value, step) => {
    return typeof value === 'object' && value !== null ? own(value, step) : undefined;
  }, document);
}

/**
 * A copy of a document with a value at a path. What is missing on the way, or is no object (as `harvest.mean`, which
 * may be "critical"), becomes an object; lists are not made longer. Whether the result is a scenario is for its schema
 * to say.
 */
export function withValue(document: unknown, path: string, value: unknown, source: Source = 'axes'): unknown {
  return placed(document, parsePath(path, source), value, entryOf(source, path));
}

function placed(document: unknown, steps: readonly Step[], value: unknown, entry: string): unknown {
  if (steps.length === 0) return value;
  const [step, ...rest] = steps;
  if (typeof step === 'number') {
    if (!Array.isArray(document) || step >= document.length) {
      const what = Array.isArray(document) ? `a list of ${document.length}` : 'no list';
      throw new InputError(
        `${entry}: got index ${step} into ${what}, expected an entry that the base scenario has`,
        entry,
      );
    }
    return document.map((item: unknown, i) => (i === step ? placed(item, rest, value, entry) : item));
  }
  const before = typeof document === 'object' && document !== null && !Array.isArray(document) ? document : {};
  return { ...before, [step]: placed(own(before, step), rest, value, entry) };
}

/** What every object has from its making, such as `constructor`, is none of a document's. */
const own = (value: object, step: Step): unknown =>
  Object.hasOwn(value, step) ? (value as Record<Step, unknown>)[step] : undefined;

/** Two paths of which one leads into what the other leads to, or to the same; undefined without such. */
export function overlapping(paths: readonly string[]): readonly [outer: string, inner: string] | undefined {
  const steps = paths.map((path) => ({ path, key: parsePath(path).map((step) => JSON.stringify(step)) }));
  const byKey = new Map<string, string>();
  for (const { path, key } of [...steps].sort((a, b) => a.key.length - b.key.length)) {
    for (let length = 1; length <= key.length; length++) {
      const outer = byKey.get(key.slice(0, length).join());
      if (outer !== undefined) return [outer, path];
    }
    byKey.set(key.join(), path);
  }
  return undefined;
}
