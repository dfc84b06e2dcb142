/** The commands of docs/paper.md run. What it says of the code: paper.test.ts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blocksOf, commandsOf, page, prepareFolder, runLine } from './docs.js';

const text = page('docs/paper.md');

describe('docs/paper.md', () => {
  describe('its commands', () => {
    let folder = '';
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'batterywalk-paper-'));
      prepareFolder(folder);
    });
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });
    test('run', async () => {
      const commands = blocksOf(text).flatMap((block) => (block.language === 'sh' ? commandsOf(block) : []));
      expect(commands.length).toBeGreaterThan(2);
      for (const command of commands) {
        const { status, stderr } = await runLine(command, folder);
        expect({ command, status, stderr: status === 0 ? '' : stderr }).toEqual({ command, status: 0, stderr: '' });
      }
    });
  });
});
