/** `batterywalk merge DIR`: puts the shards of a sweep together, whoever ran them; names what is missing. */
import { InputError } from '../errors.js';
import { Assembly } from '../sweep/assembly.js';
import { Ledger } from '../sweep/node/ledger.js';
import { readSweepFolder } from '../sweep/node/folder.js';
import { readFinished } from '../sweep/node/run-local.js';
import { cutShards } from '../sweep/shards.js';
import type { CommandSpec } from './context.js';
import { finish, missingText } from './sweeping.js';

export const merge: CommandSpec = {
  name: 'merge',
  describe: 'put the shards of a sweep together: DIR is what sweep --out was given',
  applies: ['json', 'csv'],
  examples: ['merge reserve', 'merge reserve --csv > reserve.csv'],
  configure(command) {
    command.argument('<DIR>', 'the folder of a sweep');
  },
  async run(context) {
    const [out] = context.args;
    if (context.options.out !== undefined) {
      throw new InputError('--out: got a folder, expected none: the results go into DIR', '--out');
    }
    const startedAt = new Date().toISOString();
    context.stage('reading what is finished');
    const sweep = readSweepFolder(out);
    const shards = cutShards(sweep);
    const assembly = new Assembly(sweep, shards);
    const remark = (text: string): void => {
      context.remark(text);
    };
    const missing = await readFinished(shards, new Ledger(out, remark), assembly, remark);
    if (missing.length > 0) {
      context.progress.finish();
      context.io.stderr.write(`batterywalk: ${missingText(missing, shards.length)}`);
      return 1;
    }
    const nothing = { backend: 'none', adapter: null, elapsedSeconds: 0, pathSlotsPerSecond: 0 };
    await finish(context, out, sweep, assembly, { shards: shards.length, shardsRun: 0, ...nothing }, startedAt);
    return 0;
  },
};
