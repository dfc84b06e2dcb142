/** Quantities with units in a sweep file: axes, horizons and risks in base units, before the file is checked. */
import { InputError } from '../errors.js';
import { presetDocument, presetNames } from '../scenario/presets.js';
import { inBaseUnits, parseQuantity, slotLengthOf, startsAsQuantity } from '../scenario/quantities.js';
import type { Dimension } from '../scenario/quantities.js';
import { isObject } from '../scenario/schema-parts.js';

/**
 * The document with its axes, horizons and risks in base units; whatever is no quantity is left for the schema. The
 * base keeps its own, for its quantities may depend on what the axes say.
 *
 * @throws {InputError}
 */
export function sweepInBaseUnits(json: unknown): unknown {
  if (!isObject(json)) return json;
  const { axes, base, horizons, risks } = json;
  // Where slots are of many lengths, none can be counted with.
  const slotLength = (): number | undefined =>
    isObject(axes) && 'slotSeconds' in axes ? undefined : slotLengthOf(documentOf(base));
  const listed = (list: unknown, field: string, dimension: Dimension): unknown =>
    !Array.isArray(list)
      ? list
      : list.map((item: unknown, i) =>
          typeof item === 'string' && startsAsQuantity(item)
            ? parseQuantity(`${field}[${i}]`, item, dimension, slotLength)
            : item,
        );
  return {
    ...json,
    ...(horizons === undefined ? {} : { horizons: listed(horizons, 'horizons', 'slots') }),
    ...(risks === undefined ? {} : { risks: listed(risks, 'risks', 'share') }),
    ...(isObject(axes) ? { axes: axesInBaseUnits(axes, slotLength) } : {}),
  };
}

function axesInBaseUnits(axes: Readonly<Record<string, unknown>>, slotLength: () => number | undefined): unknown {
  const entries = Object.entries(axes).map(([path, axis]): [string, unknown] => {
    const plain = (value: unknown): unknown => {
      try {
        return inBaseUnits(value, path, slotLength);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        throw new InputError(`axes: ${error.message}`, `axes[${JSON.stringify(path)}]`, { cause: error });
      }
    };
    if (Array.isArray(axis)) return [path, axis.map(plain)];
    if (!isObject(axis)) return [path, axis];
    return [
      path,
      Object.fromEntries(Object.entries(axis).map(([key, value]) => [key, isEnd(key) ? plain(value) : value])),
    ];
  });
  return Object.fromEntries(entries);
}

const isEnd = (key: string): boolean => key === 'from' || key === 'to';

/** The document of a base; a name that is no preset's is a file's, which the reader of files puts in its place. */
function documentOf(base: unknown): unknown {
  return typeof base !== 'string' ? base : presetNames().includes(base) ? presetDocument(base) : undefined;
}
