/** What a document says of this machine and this moment, put out of it: so that golden files hold everywhere. */
import { createHash } from 'node:crypto';
import { isObject } from '../../src/scenario/schema-parts.js';

const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

/** JSON keys whose values are of this machine or moment. */
const OWN_KEYS = 'startedAt|endedAt|elapsedSeconds|pathSlotsPerSecond|node|platform|arch|batterywalk|version';
/** Of files that tell a time, and of a manifest that has the version; the hashes of inputs and partials stay. */
const OWN_HASH = /("sha256": ")[0-9a-f]{64}"/g;

/**
 * Times, rates, dates, versions and folders become fixed marks. What is not whole is told to 12 digits: a sum in
 * another order is the same result.
 *
 * @param folder where the case's files are.
 */
export function normalise(text: string, folder: string): string {
  // A process counts the clips of all its charts.
  const clips: string[] = [];
  const numbered = (clip: string): string => {
    if (!clips.includes(clip)) clips.push(clip);
    return `plot-clip-${clips.indexOf(clip) + 1}`;
  };
  return text
    .replaceAll(/plot-clip-\d+/g, numbered)
    .replaceAll(folder, '‹folder›')
    .replaceAll(new RegExp(`("(?:${OWN_KEYS})": ?)("[^"\\n]*"|[^\\s,{}[\\]"]+)`, 'g'), '$1"‹own›"')
    .replaceAll(OWN_HASH, '$1‹own›"')
    .replaceAll(/(inputs and result <code>)[0-9a-f]{64}/g, '$1‹own›')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '‹date›')
    .replaceAll(/batterywalk (\d+\.\d+\.\d+|development)/g, 'batterywalk ‹version›')
    .replaceAll(/[\d.]+(e\+\d+)? (?:[kMG] )?path-slots\/s(, [\d.]+ (?:s|min|h))?/g, '‹rate›')
    .replaceAll(/^[\d.]+ s on cpu/gm, '‹time› on cpu')
    .replaceAll(/^(cpu on \d+ threads?: )[\d.]+ s$/gm, '$1‹time›')
    .replaceAll(/(?<![\w.-])-?\d+\.\d+(?:e[+-]?\d+)?(?![\w.])/g, (number) =>
      number.length > 13 ? String(Number(Number(number).toPrecision(12))) : number,
    );
}

/** CSV but for the column that says how long it took. */
export function withoutTimes(csv: string): string {
  const rows = csv.split('\n').map((line) => line.split(','));
  const column = rows[0].indexOf('elapsedSeconds');
  return column < 0 ? csv : rows.map((row) => row.filter((_, i) => i !== column).join(',')).join('\n');
}

/** Lists longer than this are told by their ends and their hash. */
const LONGEST_LIST = 12;

/** A JSON document for people: what fits in a line is one line, long lists are their ends and a hash. */
export function readableJson(text: string): string {
  const shortened = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      const list = value as unknown[];
      if (list.length <= LONGEST_LIST) return list.map(shortened);
      const hash = sha256(JSON.stringify(list)).slice(0, 16);
      const between = `‹${list.length - 3} more; all ${list.length}: sha256 ${hash}›`;
      return [...list.slice(0, 2).map(shortened), between, shortened(list[list.length - 1])];
    }
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shortened(inner)]));
  };
  const laidOut = (value: unknown, indent: string, before: number): string => {
    const flat = JSON.stringify(value);
    if (typeof value !== 'object' || value === null || indent.length + before + flat.length <= 110) return flat;
    const inner = `${indent}  `;
    const parts = Array.isArray(value)
      ? value.map((item) => `${inner}${laidOut(item, inner, 0)}`)
      : Object.entries(value).map(([key, item]) => {
          const name = JSON.stringify(key);
          return `${inner}${name}: ${laidOut(item, inner, name.length + 2)}`;
        });
    const [open, close] = Array.isArray(value) ? '[]' : '{}';
    return `${open}\n${parts.join(',\n')}\n${indent}${close}`;
  };
  return laidOut(shortened(JSON.parse(text)), '', 0);
}

/** What a reader of an HTML document sees, one block a line, with the pointers of its numbers into the JSON. */
function readableHtml(text: string): string {
  return text
    .replaceAll(/<(style|script|svg)\b[^>]*>[\s\S]*?<\/\1>/g, (all, tag: string) =>
      tag === 'style' ? '' : `\n‹${tag}, ${all.length} characters: sha256 ${sha256(all).slice(0, 16)}›\n`,
    )
    .replaceAll(/<data [^>]*data-at="([^"]*)"[^>]*>/g, '[$1] ')
    .replaceAll(/<\/(td|th)>/g, ' | ')
    .replaceAll(/<\/?(p|h\d|tr|li|table|figure|figcaption|section|div|dt|dd|title|caption|thead|tbody)\b[^>]*>/g, '\n')
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/\s*\n\s*/g, '\n')
    .trim();
}

/** A file as a golden file has it: text that is short as it is, else its hash and what can be read of it. */
export function described(name: string, contents: Uint8Array, folder: string): string {
  if (/\.parquet$/.test(name)) return '‹bytes›';
  const text = normalise(Buffer.from(contents).toString('utf8'), folder);
  const whole = `sha256 ${sha256(text)}, ${text.length} characters`;
  if (name.endsWith('.json')) return readableJson(text);
  if (name.endsWith('.html')) return `${whole}; what is read of it:\n${readableHtml(text)}`;
  if (text.length <= 4000) return text.trimEnd();
  const seen = [...text.matchAll(/<(?:text|title|desc)\b[^>]*>([^<]+)</g)].map((m) => m[1]);
  return `${whole}; its texts: ${seen.join(' | ')}`;
}
