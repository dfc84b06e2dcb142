/**
 * `batterywalk presets`: the scenarios that come with it. `batterywalk preset NAME`: one of them, as a file to start
 * from.
 */
import { formatTable } from '../report/table.js';
import { presetDescription, presetDocument, presetNames } from '../scenario/presets.js';
import type { CommandSpec } from './context.js';

export const presets: CommandSpec = {
  name: 'presets',
  describe: 'the scenarios that come with batterywalk',
  applies: ['json', 'csv'],
  examples: ['presets'],
  run(context) {
    const known = presetNames().map((name) => ({ name, description: presetDescription(name) }));
    const columns = [
      { header: 'preset', align: 'left' },
      { header: 'what it is', align: 'left' },
    ] as const;
    const table = (): string =>
      formatTable(
        columns,
        known.map(({ name, description }) => [name, description]),
      );
    context.show({ presets: known }, known, table);
    return 0;
  },
};

export const preset: CommandSpec = {
  name: 'preset',
  describe: 'the file of a preset, to change and run: preset reference > mine.json',
  applies: ['json'],
  examples: ['preset reference > mine.json'],
  configure(command) {
    command.argument('<NAME>', `one of ${presetNames().join(', ')}`);
  },
  run(context) {
    context.printJson(presetDocument(context.args[0]));
    return 0;
  },
};
