/**
 * `batterywalk completion SHELL`: a script by which a shell completes commands, options and their choices. It is made
 * from the command line's own declarations, so that it knows what `--help` knows.
 */
import type { Command } from 'commander';
import { parseChoice } from '../scenario/values.js';
import { presetNames } from '../scenario/presets.js';
import { KERNEL_NAMES } from '../engine/job.js';
import { METRICS } from '../sweep/results.js';
import { FINDS } from '../study/design-parameters.js';
import { ADAPTERS, BACKENDS } from './options.js';
import type { CommandSpec } from './context.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** What a shell needs to know of a command. */
interface Known {
  readonly name: string;
  readonly description: string;
  readonly options: readonly {
    readonly flag: string;
    readonly description: string;
    readonly value: string | undefined;
  }[];
  /** Words that its arguments may be, beside files. */
  readonly words: readonly string[];
}

/** Choices of options with values, by their flags. */
const CHOICES: Readonly<Record<string, readonly string[] | undefined>> = {
  '--backend': BACKENDS,
  '--adapter': ADAPTERS,
  '--kernel': KERNEL_NAMES,
  '--find': FINDS,
  '--metric': METRICS,
};

/** Words of arguments, by their names. */
const WORDS: Readonly<Record<string, () => readonly string[]>> = {
  SCENARIO: presetNames,
  SCENARIOS: presetNames,
  NAME: presetNames,
  FIGURE: () => ['2', '3', '4', 'all'],
  SHELL: () => SHELLS,
};

export const completion: CommandSpec = {
  name: 'completion',
  describe: 'a script that completes commands, options and presets in your shell: bash, zsh or fish',
  applies: [],
  examples: [
    'completion bash > ~/.local/share/bash-completion/completions/batterywalk',
    'completion zsh > ~/.zfunc/_batterywalk',
    'completion fish > ~/.config/fish/completions/batterywalk.fish',
  ],
  configure(command) {
    command.argument('<SHELL>', SHELLS.join(', '));
  },
  run(context) {
    const shell = parseChoice('SHELL', context.args[0], SHELLS);
    context.printDocument(completionScript(shell, context.program.commands.map(knownOf)));
    return 0;
  },
};

function knownOf(command: Command): Known {
  const options = command.options
    .filter((option) => !option.hidden)
    .map(({ long, flags, description }) => ({
      flag: long ?? flags,
      description,
      value: /<([^>]+)>/.exec(flags)?.[1],
    }));
  const words = command.registeredArguments.flatMap((argument) => {
    const name = argument.name().replace('...', '');
    return Object.hasOwn(WORDS, name) ? WORDS[name]() : [];
  });
  return { name: command.name(), description: command.description(), options, words: [...new Set(words)] };
}

/** The script of a shell. */
export function completionScript(shell: Shell, commands: readonly Known[]): string {
  return { bash, zsh, fish }[shell](commands);
}

/** A text between single quotes, as every shell here reads it. */
const quoted = (text: string): string => `'${text.replaceAll("'", shellQuote)}'`;
const shellQuote = String.raw`'\''`;

const flags = ({ options }: Known): string => [...options.map(({ flag }) => flag), '--help'].join(' ');

function bash(commands: readonly Known[]): string {
  const choices = Object.entries(CHOICES).map(
    ([flag, words = []]) => `    ${flag}) COMPREPLY=($(compgen -W ${quoted(words.join(' '))} -- "$word")); return ;;\n`,
  );
  const own = commands.map(
    (known) => `    ${known.name}) options=${quoted(flags(known))}; words=${quoted(known.words.join(' '))} ;;\n`,
  );
  return `# batterywalk: completion for bash
_batterywalk() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" options words
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted([...commands.map(({ name }) => name), '--help', '--version'].join(' '))} -- "$word"))
    return
  fi
  case "$before" in
    --out) COMPREPLY=($(compgen -d -- "$word")); return ;;
${choices.join('')}  esac
  case "\${COMP_WORDS[1]}" in
${own.join('')}  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$word") $(compgen -f -- "$word")) ;;
  esac
}
complete -o filenames -F _batterywalk batterywalk
`;
}

function zsh(commands: readonly Known[]): string {
  const names = commands.map(({ name, description }) => `    ${quoted(`${name}:${escaped(description)}`)}\n`);
  const own = commands.map((known) => {
    const options = known.options.map(({ flag, description, value }) => {
      const words = CHOICES[flag];
      const of =
        value === undefined ? '' : `:${escaped(value)}:${words === undefined ? '_files' : `(${words.join(' ')})`}`;
      return `      ${quoted(`${flag}[${escaped(description)}]${of}`)}`;
    });
    const rest =
      known.words.length === 0
        ? '*:file:_files'
        : `*:argument:_alternative 'words:word:(${known.words.join(' ')})' 'files:file:_files'`;
    return `    ${known.name}) _arguments \\\n${[...options, `      ${quoted(rest)}`].join(' \\\n')} ;;\n`;
  });
  return `#compdef batterywalk
# batterywalk: completion for zsh
_batterywalk() {
  local -a commands
  commands=(
${names.join('')}  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  local command="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$command" in
${own.join('')}  esac
}
if [ "$funcstack[1]" = "_batterywalk" ]; then _batterywalk "$@"; else compdef _batterywalk batterywalk; fi
`;
}

/** Colons and brackets part what zsh reads. */
const escaped = (text: string): string => text.replaceAll(/[[\]:\\]/g, '\\$&');

function fish(commands: readonly Known[]): string {
  const first = commands.map(
    ({ name, description }) =>
      `complete -c batterywalk -n __fish_use_subcommand -f -a ${quoted(name)} -d ${quoted(description)}\n`,
  );
  const own = commands.flatMap(({ name, options, words }) => {
    const when = `-n '__fish_seen_subcommand_from ${name}'`;
    return [
      ...options.map(({ flag, description, value }) => {
        const choices = CHOICES[flag];
        const of = value === undefined ? '' : choices === undefined ? ' -r' : ` -x -a ${quoted(choices.join(' '))}`;
        return `complete -c batterywalk ${when} -l ${flag.slice(2)}${of} -d ${quoted(description)}\n`;
      }),
      ...(words.length === 0 ? [] : [`complete -c batterywalk ${when} -a ${quoted(words.join(' '))}\n`]),
    ];
  });
  return `# batterywalk: completion for fish\n${first.join('')}${own.join('')}`;
}
