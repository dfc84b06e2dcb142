/** `batterywalk tail` at every deficit that it takes by itself. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runOn } from './sink.js';

interface TailJson {
  tails: { probability: number; relativeStandardError: number; lundbergBound: number }[];
}

describe('short walks and no arguments', () => {
  it.each([1, 2, 3, 5, 8])('answers for %d slots at every deficit that it takes by itself', async (slots) => {
    const path = fileURLToPath(new URL('../trials/tail-one-slot.json', import.meta.url));
    const { status, stdout } = await runOn([
      ...['tail', path, '--slots', String(slots), '--trials', '2000', '--backend', 'cpu', '--quiet', '--json'],
    ]);
    expect(status).toBe(0);
    for (const { probability, lundbergBound, relativeStandardError } of (JSON.parse(stdout) as TailJson).tails) {
      expect(probability).toBeLessThan(lundbergBound * (1 + 4 * relativeStandardError));
    }
  });
});
