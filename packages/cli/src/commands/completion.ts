import type { Command } from "../support/command.js";
import { CommandError } from "../support/exit.js";

export const NAME = "deepagents-files";

/** Returns the command `completion`. @param commands All other commands. */
export const completionOf = (commands: readonly Command[]): Command => ({
  name: "completion",
  summary: "Print the completion for a shell",
  operands: ["<bash|zsh|fish>"],
  noWorkspace: true,
  examples: ["completion bash > ~/.local/share/bash-completion/completions/deepagents-files"],
  async run({ operands, output }) {
    const render = { bash, zsh, fish }[operands[0] as "bash"];
    if (!render) throw new CommandError("usage", "There is a completion for bash, zsh and fish.");
    output.result({ script: render(commands) }, () => render(commands));
    return undefined;
  },
});

const flagsOf = ({ options = [] }: Command): string[] =>
  [...options.map(([flags]) => flags), "--json", "--namespace", "--workspace", "--help"].map(
    (flags) => /--[\w-]+/.exec(flags)![0],
  );

function bash(commands: readonly Command[]): string {
  const cases = commands.map((command) => `    ${command.name}) words="${flagsOf(command).join(" ")}" ;;\n`);
  return `_deepagents_files() {
  local words="${commands.map(({ name }) => name).join(" ")}"
  local word="\${COMP_WORDS[COMP_CWORD]}"
  if [ "$COMP_CWORD" -gt 1 ]; then
    words=""
    case "\${COMP_WORDS[1]}" in
${cases.join("")}    esac
    case "$word" in -*) ;; *) words="" ;; esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _deepagents_files ${NAME}
`;
}

const zsh = (commands: readonly Command[]): string =>
  `autoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`;

const fish = (commands: readonly Command[]): string =>
  commands
    .flatMap((command) => [
      `complete -c ${NAME} -n __fish_use_subcommand -a ${command.name} -d '${command.summary.replaceAll("'", "\\'")}'`,
      ...flagsOf(command).map(
        (flag) => `complete -c ${NAME} -n '__fish_seen_subcommand_from ${command.name}' -l ${flag.slice(2)}`,
      ),
    ])
    .map((line) => `${line}\n`)
    .join("");
