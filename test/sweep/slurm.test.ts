/** A Slurm array, as docs/sweeps.md has it: eight tasks and a merge give the bytes of one process. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cli, endPrograms, finals, start, writeSweep } from './queue-fixture.js';
import { SlurmCluster, WHY_NOT } from './slurm.js';

describe.skipIf(WHY_NOT !== '')(`by Slurm${WHY_NOT === '' ? '' : ` (skipped: ${WHY_NOT})`}`, () => {
  let root = '';
  let cluster: SlurmCluster;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'batterywalk-slurm-'));
    cluster = new SlurmCluster(join(root, 'slurm'));
    await cluster.start().catch((error: unknown) => {
      throw new Error(`${String(error)}\n${cluster.logs()}`, { cause: error });
    });
  });
  afterAll(async () => {
    await cluster.stop();
    await endPrograms();
    rmSync(root, { recursive: true });
  });

  async function finish(...args: string[]): Promise<number | null> {
    return start([...args, '--backend', 'cpu', '--quiet']).ended;
  }

  test('an array of eight gives the same bytes as one process', async () => {
    const file = writeSweep(root, { trials: 20_000 });
    const one = join(root, 'one');
    expect(await finish('sweep', file, '--out', one)).toBe(0);
    const out = join(root, 'array');
    const script = `#!/bin/bash
exec '${process.execPath}' '${cli}' sweep '${file}' --shard "$SLURM_ARRAY_TASK_ID/8" --out '${out}' --backend cpu --quiet
`;
    const states = await cluster.run(script, ['--array=0-7', `--output=${join(root, 'task-%a.log')}`]);
    expect(states, cluster.logs()).toEqual(Array.from({ length: 8 }, () => 'COMPLETED'));
    expect(await finish('merge', out)).toBe(0);
    expect(finals(out)).toEqual(finals(one));
  });

  test('two tasks at once that ask for a GPU are given one each, not the same', async () => {
    const options = ['--array=0-1', '--gres=gpu:1', `--output=${join(root, 'gpu-%a.log')}`];
    const states = await cluster.run('#!/bin/bash\nsleep 1\necho "$SLURM_JOB_GPUS"\n', options);
    expect(states, cluster.logs()).toEqual(['COMPLETED', 'COMPLETED']);
    const cards = [0, 1].map((i) => readFileSync(join(root, `gpu-${i}.log`), 'utf8').trim());
    expect(cards.sort()).toEqual(['0', '1']);
  });
});
