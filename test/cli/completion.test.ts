/** Scripts that complete the command line; that of bash is run in a bash. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { allCommands } from '../../src/cli/commands.js';
import { runOn } from './sink.js';

const script = async (shell: string): Promise<string> => (await runOn(['completion', shell])).stdout;

/** What bash offers where the last word of a line is being typed. */
function offered(source: string, ...words: string[]): string[] {
  const line = ['batterywalk', ...words].map((word) => `'${word}'`).join(' ');
  const ask = `${source}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length}; _batterywalk; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['--norc', '-c', ask], { encoding: 'utf8' }).trim().split('\n');
}

describe('completion', () => {
  it('in bash offers commands, options that a command has, choices and presets', async () => {
    const bash = await script('bash');
    const names = (await allCommands()).map(({ name }) => name);
    expect(offered(bash, '').sort()).toEqual([...names, '--help', '--version'].sort());
    expect(offered(bash, 're')).toEqual(['reserve']);
    expect(offered(bash, 'run', '--th')).toEqual(['--threads']);
    expect(offered(bash, 'tasks', '--tr')).toEqual(['']);
    expect(offered(bash, 'run', '--backend', '')).toEqual(['auto', 'webgpu', 'gpujs', 'cpu']);
    expect(offered(bash, 'run', 'solar')).toEqual(['solar-site']);
    expect(offered(bash, 'figure', 'a')).toContain('all');
  });

  it('in zsh and fish names every command and option', async () => {
    const [zsh, fish] = [await script('zsh'), await script('fish')];
    expect(zsh).toMatch(/^#compdef batterywalk\n/);
    for (const { name } of await allCommands()) {
      expect(zsh).toContain(`    ${name}) _arguments`);
      expect(fish).toContain(`-a '${name}' -d`);
    }
    expect(zsh).toContain("'--backend[auto, webgpu, gpujs, cpu (default\\: auto)]:NAME:(auto webgpu gpujs cpu)'");
    expect(fish).toContain("-n '__fish_seen_subcommand_from run' -l backend -x -a 'auto webgpu gpujs cpu'");
  });

  it('refuses a shell that it does not know', async () => {
    expect(await runOn(['completion', 'powershell'])).toMatchObject({
      status: 2,
      stderr: 'batterywalk: SHELL: got "powershell", expected one of bash, zsh, fish\n',
    });
  });
});
