/** How two golden documents differ, in words: the sections that came or went, and in the others their first lines. */

/** Lines of a section that are told; the rest are counted. */
const TOLD = 6;

function sections(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('=== ')) found.set(line.slice(4), (lines = []));
    else lines.push(line);
  }
  return found;
}

/** Lines of `a` that `b` lacks, each as often as it is missing. */
function missing(a: readonly string[], b: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of b) left.set(line, (left.get(line) ?? 0) + 1);
  return a.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

const told = (lines: readonly string[], mark: string): string[] => [
  ...lines.slice(0, TOLD).map((line) => `  ${mark} ${line}`),
  ...(lines.length > TOLD ? [`  ${mark} … ${lines.length - TOLD} more lines`] : []),
];

/** Lines of words, none where both are the same. */
export function differences(was: string, is: string): string[] {
  const before = sections(was);
  const after = sections(is);
  const words: string[] = [];
  for (const title of before.keys()) if (!after.has(title)) words.push(`${title}: is no longer there`);
  for (const [title, lines] of after) {
    const old = before.get(title);
    if (old === undefined) words.push(`${title}: is new`);
    else if (old.join('\n') !== lines.join('\n')) {
      const [gone, come] = [missing(old, lines), missing(lines, old)];
      const order = gone.length + come.length === 0 ? ['  the same lines in another order'] : [];
      words.push(`${title}: differs`, ...told(gone, 'was'), ...told(come, 'is '), ...order);
    }
  }
  return words;
}
