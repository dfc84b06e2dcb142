/** Every task of docs/tasks.md is done as it says, and what it says is printed is. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blocksOf, commandsOf, page, prepareFolder, runLine } from './docs.js';

interface Task {
  readonly title: string;
  readonly commands: readonly string[];
  /** What the text after the commands has between backticks: printed, or the name of a file that is there. */
  readonly told: readonly string[];
}

const tasks = page('docs/tasks.md')
  .split(/^## /m)
  .slice(1)
  .map((text): Task => {
    const [title] = text.split('\n', 1);
    const after = text.slice(text.lastIndexOf('\n```\n') + 5);
    const told = [...after.matchAll(/`([^`]+)`/g)].map(([, word]) => word);
    return { title, commands: blocksOf(text).flatMap(commandsOf), told };
  });

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-tasks-'));
  prepareFolder(folder);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Blanks between columns are for the eye. */
const plain = (text: string): string => text.replaceAll(/\s+/g, ' ');

describe('a newcomer’s tasks', () => {
  test('are twenty or more, each of one or two commands, with figures', () => {
    expect(tasks.length).toBeGreaterThanOrEqual(20);
    for (const { title, commands, told } of tasks) {
      expect([title, commands.length === 1 || commands.length === 2]).toEqual([title, true]);
      expect([title, told.length > 0]).toEqual([title, true]);
    }
  });

  test.each(tasks.map((task) => [task.title, task] as const))('%s', async (_, { commands, told }) => {
    let said = '';
    for (const command of commands) {
      const { status, stdout, stderr } = await runLine(command, folder);
      expect({ command, status, stderr: status === 0 ? '' : stderr }).toEqual({ command, status: 0, stderr: '' });
      said += stdout + stderr;
    }
    const missing = told.filter((word) => !plain(said).includes(word) && !existsSync(join(folder, word)));
    expect(missing, said).toEqual([]);
  });
});
