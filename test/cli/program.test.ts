import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCommands } from '../../src/cli/commands.js';
import { runCommandLine } from '../../src/cli/program.js';
import type { CommandContext, CommandSpec } from '../../src/cli/context.js';
import { AccuracyError, BackendError, DeviceLostError, InputError, PlanError } from '../../src/errors.js';
import { presetDocument } from '../../src/scenario/presets.js';
import { runOn } from './sink.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'batterywalk-cli-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, contents: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof contents === 'string' ? contents : JSON.stringify(contents));
  return path;
}
const reference = () => presetDocument('reference') as { tasks: Record<string, unknown>[] };

/** A command whose work is `run`. */
const probe = (run: (context: CommandContext) => number | Promise<number>): CommandSpec[] => [
  { name: 'probe', describe: 'a probe', run },
];
const throwing = (error: unknown): CommandSpec[] =>
  probe(() => {
    throw error;
  });

describe('the tasks command', () => {
  it('prints the table of the reference to the digits of docs/model.md section 9', async () => {
    const { status, stdout, stderr } = await runOn(['tasks']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const cells = stdout.split('\n').map((line) =>
      line
        .trim()
        .split(/\s{2,}/)
        .join(' '),
    );
    for (const line of [
      'd4 1 * small 0.3923 6617 5.411 16.5 2 5.00',
      'large 0.8789 2546 18.190 53.9 6 5.00',
      'd7 1 * small 0.09640 28466 23.441 78.9 8 5.00',
      'large 0.5453 4596 32.843 97.9 10 5.00',
      'd8 1 * small 0.05531 49954 41.417 152.6 16 5.00',
      'large 0.3969 6533 46.703 140.0 14 5.00',
      'd10 1 small 0.01733 160432 137.660 722.4 73 5.00',
      '* large 0.1654 16392 117.390 361.8 37 5.00',
      'late large 0.6860 3514 25.108 74.6 8 5.00',
    ]) {
      expect(cells).toContain(line);
    }
    expect(stdout).toContain('demand   mean 58.10 kJ a slot, standard deviation 65.59 kJ');
    expect(stdout).toContain('walk     drift 0 J a slot');
  });

  it('prints the contract’s JSON and nothing else with --json', async () => {
    const { status, stdout, stderr } = await runOn(['tasks', 'reference', '--json', '--quiet']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const json = JSON.parse(stdout) as {
      tasks: { models: object[] }[];
      meanDemandJoules: number;
      failuresPerSlot: number;
    };
    expect(Object.keys(json)).toEqual([
      ...['tasks', 'meanDemandJoules', 'demandStandardDeviationJoules', 'leastDemandJoules', 'failuresPerSlot'],
    ]);
    expect(Object.keys(json.tasks[0])).toEqual([
      ...['name', 'weight', 'chosen', 'failureProbability', 'meanTries', 'meanJoules', 'models'],
    ]);
    expect(Object.keys(json.tasks[0].models[0])).toEqual([
      ...['model', 'successProbability', 'tokens', 'energyJoules', 'latencySeconds', 'serviceSlots', 'feasible'],
      'taskSuccessProbability',
    ]);
    // Two tasks a slot, each with ε = 0.05.
    expect(json.failuresPerSlot).toBeCloseTo(0.1, 12);
    expect(json.tasks[9]).toMatchObject({ name: 'd10', weight: 1, chosen: 'large' });
    expect(json.meanDemandJoules).toBeCloseTo(58103.35752976227, 6);
  });

  it('takes a scenario by energies, and writes what it prints into --out', async () => {
    const out = join(folder, 'a', 'b');
    const { status, stdout } = await runOn(['tasks', 'surplus', '--json', '--out', out]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      tasks: [{ name: 'chat', chosen: null, energyJoules: 900, models: [] }, {}, {}],
    });
    expect(readFileSync(join(out, 'tasks.json'), 'utf8')).toBe(stdout);
    expect((await runOn(['tasks', 'surplus'])).stdout).toMatch(/chat\s+6\s+60\.00\s+0\.900\n/);
  });
});

describe('a bad input is one line on stderr, nothing on stdout, and status 2', () => {
  it.each<[string, () => string[], string]>([
    [
      'no file',
      () => ['tasks', join(folder, 'none.json')],
      'which is neither a file nor a preset; expected a JSON file or one of reference',
    ],
    ['a mistyped preset', () => ['tasks', 'refrence'], '(did you mean "reference"?)'],
    ['a folder', () => ['tasks', folder], 'is a folder, expected a JSON file'],
    [
      'not JSON',
      () => ['tasks', file('bad.json', '{\n "a": NaN}')],
      'bad.json: got "NaN" at line 2, column 7, expected JSON',
    ],
    [
      'an unknown key',
      () => ['tasks', file('key.json', { ...reference(), batery: {} })],
      'key.json: batery: unknown key; the nearest known key is "battery"',
    ],
    [
      'a negative rate',
      () => ['tasks', file('rate.json', { ...reference(), arrivals: { ratePerSlot: -2 } })],
      'arrivals.ratePerSlot: got -2, expected a number > 0',
    ],
    ['no tasks', () => ['tasks', file('tasks.json', { ...reference(), tasks: [] })], 'tasks: got an empty list'],
    [
      'an infeasible task',
      () => ['tasks', file('late.json', { ...reference(), tasks: [{ ...reference().tasks[9], deadlineSeconds: 5 }] })],
      'tasks[0].deadlineSeconds: got 5 s for task "d10"',
    ],
    [
      'several problems',
      () => ['tasks', file('two.json', { ...reference(), slotSeconds: 0, name: 3 })],
      '(and 1 more; --debug lists them)',
    ],
    ['T = 0', () => ['tasks', '--slots', '0'], '--slots: got "0"'],
    ['negative trials', () => ['tasks', '--trials', '-5'], '--trials: got "-5"'],
    ['horizons out of order', () => ['tasks', '--horizons', '128,16'], '--horizons: got 16 after 128'],
    [
      'an unknown backend',
      () => ['tasks', '--backend', 'cuda'],
      '--backend: got "cuda", expected one of auto, webgpu, gpujs, cpu',
    ],
    ['an unknown command', () => ['taks'], "unknown command 'taks' (Did you mean tasks?)"],
    ['an unknown option', () => ['run', '--trails', '5'], "unknown option '--trails' (Did you mean --trials?)"],
    ['an option without its value', () => ['tasks', '--trials'], "option '--trials <N>' argument missing"],
    ['too many arguments', () => ['tasks', 'reference', 'surplus'], 'too many arguments'],
    ['an unwritable folder', () => ['tasks', '--out', join(file('plain', 'x'), 'y')], '--out: cannot write'],
    ['a folder that is a file', () => ['run', '--trials', '1e12', '--out', file('plain', 'x')], '--out: cannot write'],
  ])('%s', async (_, argv, message) => {
    const { status, stdout, stderr } = await runOn(argv());
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^batterywalk: [^\n]+\n$/);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});

describe('exit statuses', () => {
  it.each<[unknown, number, string]>([
    [new PlanError('trials: too many'), 2, 'batterywalk: trials: too many\n'],
    [new BackendError('no adapter'), 3, 'batterywalk: no adapter\n'],
    [new DeviceLostError('lost'), 3, 'batterywalk: lost\n'],
    [new AccuracyError('not reached'), 3, 'batterywalk: not reached\n'],
    [
      new TypeError('x is not a function\nand more'),
      3,
      'batterywalk: x is not a function (unexpected; run with --debug for the details)\n',
    ],
    ['a string', 3, 'batterywalk: a string (unexpected; run with --debug for the details)\n'],
  ])('%s', async (error, status, stderr) => {
    expect(await runOn(['probe'], throwing(error))).toEqual({ status, stderr, stdout: '' });
  });

  it('pass through what a command returns', async () => {
    expect(
      (
        await runOn(
          ['probe'],
          probe(() => 1),
        )
      ).status,
    ).toBe(1);
    expect(
      (
        await runOn(
          ['probe'],
          probe(() => Promise.resolve(0)),
        )
      ).status,
    ).toBe(0);
  });

  it('--debug shows the stack, causes included', async () => {
    const error = new BackendError('no adapter', { cause: new RangeError('inner') });
    const { stderr } = await runOn(['probe', '--debug'], throwing(error));
    expect(stderr).toMatch(/^batterywalk: no adapter\nBackendError: no adapter\n\s+at /);
    expect(stderr).toMatch(/Caused by: RangeError: inner\n\s+at /);
  });

  it('are 130 after Ctrl-C, whether the command ends by itself or throws, and what it printed is kept', async () => {
    for (const ending of ['return', 'throw']) {
      const controller = new AbortController();
      const commands = probe((context) => {
        const { signal } = context;
        controller.abort();
        context.print('kept\n');
        if (ending === 'throw') signal.throwIfAborted();
        return 0;
      });
      const { status, stdout } = await runOn(['probe'], commands, controller);
      expect({ status, stdout }).toEqual({ status: 130, stdout: 'kept\n' });
    }
  });
});

describe('results', () => {
  it('are printed where they cannot be saved, and the rest of the files is left out', async () => {
    const out = join(folder, 'blocked');
    mkdirSync(join(out, 'tasks.json'), { recursive: true }); // a folder where the file should go
    const asked = await runOn(['tasks', '--json']);
    const { status, stdout, stderr } = await runOn(['tasks', '--json', '--out', out]);
    expect(status).toBe(2);
    expect(stdout).toBe(asked.stdout);
    expect(stderr).toMatch(/^batterywalk: --out: cannot write \S+tasks\.json \(\w+\), expected a folder/);
    expect(readdirSync(out)).toEqual(['tasks.json']);
  });

  it('are saved where they cannot be printed', async () => {
    const full = {
      write: () => {
        throw new InputError('stdout: cannot write (ENOSPC)', 'stdout');
      },
    };
    const said: string[] = [];
    const out = join(folder, 'saved');
    const io = { stdout: full, stderr: { write: (text: string) => said.push(text) } };
    expect(await runCommandLine(['tasks', '--json', '--out', out], io, () => new AbortController().signal)).toBe(2);
    expect(said).toEqual(['batterywalk: stdout: cannot write (ENOSPC)\n']);
    expect(JSON.parse(readFileSync(join(out, 'tasks.json'), 'utf8'))).toHaveProperty('tasks');
  });
});

describe('help', () => {
  it('is printed on request with status 0, and on stderr with status 2 where no command is named', async () => {
    const asked = await runOn(['--help']);
    expect({ status: asked.status, stderr: asked.stderr }).toEqual({ status: 0, stderr: '' });
    for (const { name } of await allCommands()) expect(asked.stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    const bare = await runOn([]);
    expect({ status: bare.status, stdout: bare.stdout }).toEqual({ status: 2, stdout: '' });
    expect(bare.stderr).toContain('Usage: batterywalk');
    const own = await runOn(['run', '--help']);
    for (const option of [
      'trials',
      'slots',
      'horizons',
      'seed',
      'backend',
      'adapter',
      'json',
      'out',
      'quiet',
      'debug',
    ]) {
      expect(own.stdout).toContain(`--${option}`);
    }
  });

  it('has examples for every command, of options that it has', async () => {
    for (const { name, examples = [] } of await allCommands()) {
      const { stdout } = await runOn([name, '--help']);
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) {
        expect(stdout).toContain(`\n  batterywalk ${example}\n`);
        expect(example.split(' ')[0]).toBe(name);
        for (const [option] of example.matchAll(/--[a-z-]+/g)) expect(stdout).toContain(option);
      }
    }
  });

  it('shows the options that mean something to a command; others are set aside with a word', async () => {
    const { stdout } = await runOn(['tasks', '--help']);
    for (const option of ['trials', 'slots', 'seed', 'backend']) expect(stdout).not.toContain(`--${option}`);
    const { status, stderr } = await runOn(['tasks', '--trials', '5', '--seed', 'a']);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: '--trials means nothing to tasks and is set aside\n--seed means nothing to tasks and is set aside\n',
    });
    expect(await runOn(['preset', 'reference', '--csv'])).toMatchObject({
      status: 2,
      stderr: 'batterywalk: --csv: got it for preset, which has no rows, expected --json or neither\n',
    });
  });

  it('--version prints a version', async () => {
    expect(await runOn(['--version'])).toEqual({ status: 0, stdout: 'development\n', stderr: '' });
  });
});
