/** Paths into a scenario document, such as `harvest.mean.timesDemand` or `tasks[2].weight`: how a sweep's axes name what they vary. */
import { InputError } from '../errors.js';

type Step = string | number;

const STEP = /\[(?<index>\d+)\]|(?:^|\.)(?<key>[A-Za-z_][A-Za-z0-9_]*)/y;

/** Takes a path apart. @throws {InputError} on what is none. */
export function parsePath(path: string): readonly Step[] {
  const steps: Step[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < path.length) {
    const groups: Partial<Record<'index' | 'key', string>> = STEP.exec(path)?.groups ?? {};
    const step = groups.key ?? (groups.index === undefined ? undefined : Number(groups.index));
    if (step === undefined || (steps.length === 0 && typeof step === 'number')) {
      throw new InputError(
        `axes: got the name ${JSON.stringify(path)}, expected a path within a scenario, such as "harvest.mean.timesDemand" or "tasks[0].weight"`,
        `axes[${JSON.stringify(path)}]`,
      );
    }
    steps.push(step);
  }
  if (steps.length === 0) throw new InputError('axes: got an empty name, expected a path within a scenario', 'axes');
  return steps;
}

/**
 * A copy of a document with a value at a path. What is missing on the way, or is no object (as `harvest.mean`, which may be "critical"), becomes an
 * object; lists are not made longer. Whether the result is a scenario is for its schema to say.
 */
export function withValue(document: unknown, path: string, value: unknown): unknown {
  return placed(document, parsePath(path), value, path);
}

function placed(document: unknown, steps: readonly Step[], value: unknown, path: string): unknown {
  if (steps.length === 0) return value;
  const [step, ...rest] = steps;
  if (typeof step === 'number') {
    if (!Array.isArray(document) || step >= document.length) {
      const what = Array.isArray(document) ? `a list of ${document.length}` : 'no list';
      throw new InputError(
        `axes[${JSON.stringify(path)}]: got index ${step} into ${what}, expected an entry that the base scenario has`,
        `axes[${JSON.stringify(path)}]`,
      );
    }
    return document.map((item: unknown, i) => (i === step ? placed(item, rest, value, path) : item));
  }
  const before = typeof document === 'object' && document !== null && !Array.isArray(document) ? document : {};
  return { ...before, [step]: placed((before as Record<string, unknown>)[step], rest, value, path) };
}
