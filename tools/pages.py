#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The manual page and the completions of the `pacer` command, made of its own help.

    pages.py PACER --check    fails if one of them is stale
    pages.py PACER --update   writes them"""

import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MADE = "Made by tools/pages.py of what the command says of itself; not to be edited."


def described(pacer):
    """(the program, {name: command}), as `pacer --describe` says."""
    done = subprocess.run([pacer, "--describe"], text=True, capture_output=True, check=True)
    top = json.loads(done.stdout)
    for command in top["commands"]:
        examples = command["footer"].partition("Exit status:")[0].splitlines()[1:]
        command["examples"] = [line.strip() for line in examples if line.strip()]
    return top, {command["name"]: command for command in top["commands"]}


def roff(text):
    return text.replace("\\", "\\\\").replace("-", "\\-").replace("'", "\\(aq")


def line(text):
    return re.sub(r"^\.", "\\&.", roff(text), flags=re.MULTILINE)


def options_of(command):
    for option in command["options"]:
        yield option["names"], option["argument"].strip(), option["about"]


def values_of(commands):
    """{option: what it takes, one of a few words}, of all commands."""
    return {name: o["values"] for c in commands.values() for o in c["options"] if o["values"] for name in o["names"]}


def manual(top, commands, version):
    text = f'.\\" SPDX-License-Identifier: MIT\n.\\" {MADE}\n.TH PACER 1 "" "pacer {version}" "User Commands"\n'
    text += ".SH NAME\npacer \\- draws, explains, checks, compares and converts learning\\-rate schedules\n"
    text += ".SH SYNOPSIS\n"
    for name, page in commands.items():
        text += f".B pacer {line(name)}\n[OPTIONS] {line(page['arguments'])}\n.br\n"
    text += ".SH DESCRIPTION\n.nf\n" + line(top["about"]) + "\n.fi\n.SH COMMANDS\n"
    for name, page in commands.items():
        text += f".SS {line(name)}\n{line(page['about'])}\n"
        for names, argument, about in options_of(page):
            text += f".TP\n.B {line(', '.join(names))}" + (f" \\fI{line(argument)}\\fR" if argument else "") + f"\n{line(about)}\n"
        text += ".PP\nExamples:\n.nf\n" + "".join(f"  {line(e)}\n" for e in page["examples"]) + ".fi\n"
    status = top["statuses"].removeprefix("Exit status: ")
    text += ".SH EXIT STATUS\n" + "".join(
        f".TP\n.B {number}\n{line(about.strip())}.\n" for number, about in re.findall(r"(\d) ([^;.]+)", status)
    )
    text += ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nif it is set, no colours, unless \\-\\-color always\n"
    text += ".TP\n.B COLUMNS\nthe width of pictures and text\n"
    text += ".TP\n.B LC_ALL, LC_CTYPE, LANG\nwhere the first that is set names no UTF\\-8 locale, pictures are of ASCII characters\n"
    return text


def flags(page):
    return sorted({name for names, _, _ in options_of(page) for name in names if name.startswith("--")})


def bash(top, commands):
    text = f"# SPDX-License-Identifier: MIT\n# bash completion for pacer. {MADE}\n_pacer() {{\n"
    text += "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} k\n"
    text += "    for ((k = 1; k < COMP_CWORD; ++k)); do\n        if [[ ${COMP_WORDS[k]} == -- ]]; then\n"
    text += "            COMPREPLY=($(compgen -f -- \"$word\"))\n            return\n        fi\n    done\n"
    text += f"    if ((COMP_CWORD == 1)); then\n        COMPREPLY=($(compgen -W '{' '.join(commands)} --help --version' -- \"$word\"))\n"
    text += "        return\n    fi\n    case $before in\n"
    for name, values in values_of(commands).items():
        text += f"    {name}) COMPREPLY=($(compgen -W '{' '.join(values)}' -- \"$word\")); return ;;\n"
    text += "    esac\n"
    text += "    if [[ $word == -* ]]; then\n        case ${COMP_WORDS[1]} in\n"
    for name, page in commands.items():
        text += f"        {name}) COMPREPLY=($(compgen -W '{' '.join(flags(page))}' -- \"$word\")) ;;\n"
    text += "        esac\n        return\n    fi\n    COMPREPLY=($(compgen -f -- \"$word\"))\n"
    text += "    case ${COMP_WORDS[1]} in\n    list | plot | explain | lint | diff | convert)\n"
    text += "        COMPREPLY+=($(compgen -W \"$(pacer list --names 2>/dev/null)\" -- \"$word\"))\n        ;;\n    esac\n}\n"
    return text + "complete -o filenames -F _pacer pacer\n"


def zsh(top, commands):
    def escaped(text):
        return text.replace("'", "'\\''").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")

    text = f"#compdef pacer\n# SPDX-License-Identifier: MIT\n# {MADE}\n_pacer() {{\n    local -a commands\n    commands=(\n"
    for name, page in commands.items():
        text += f"        '{name}:{escaped(page['about'])}'\n"
    text += "    )\n    if ((CURRENT == 2)); then\n        _describe command commands\n        return\n    fi\n"
    text += "    local command=$words[2]\n    shift words\n    ((CURRENT -= 1))\n    case $command in\n"
    for name, page in commands.items():
        text += f"    {name})\n        _arguments \\\n"
        for names, argument, about in options_of(page):
            for option in (n for n in names if n.startswith("--")):
                words = values_of(commands).get(option)
                values = f"({' '.join(words)})" if words else "_files" if argument == "FILE" else " "
                after = f":{argument.lower()}:{values}" if argument else ""
                text += f"            '{option}[{escaped(about)}]{after}' \\\n"
        files = "_files" if name in ("replay", "identify") else "_pacer_what"
        text += f"            '*:what:{files}'\n        ;;\n"
    text += "    esac\n}\n_pacer_what() {\n    _alternative 'files:file:_files' "
    return text + "\"names:schedule:($(pacer list --names 2>/dev/null))\"\n}\n_pacer \"$@\"\n"


def fish(top, commands):
    def escaped(text):
        return text.replace("\\", "\\\\").replace("'", "\\'")

    text = f"# SPDX-License-Identifier: MIT\n# fish completion for pacer. {MADE}\n"
    text += "complete -c pacer -n __fish_use_subcommand -f -l help -d 'what there is'\n"
    text += "complete -c pacer -n __fish_use_subcommand -f -l version -d 'the version'\n"
    for name, page in commands.items():
        text += f"complete -c pacer -n __fish_use_subcommand -f -a {name} -d '{escaped(page['about'])}'\n"
        when = f"'__fish_seen_subcommand_from {name}'"
        for names, argument, about in options_of(page):
            for option in (n.removeprefix("--") for n in names if n.startswith("--")):
                words = values_of(commands).get(f"--{option}")
                values = f" -x -a '{' '.join(words)}'" if words else " -r" if argument == "FILE" else " -x" if argument else ""
                text += f"complete -c pacer -n {when} -l {option}{values} -d '{escaped(about)}'\n"
        if name not in ("replay", "identify"):
            text += f"complete -c pacer -n {when} -a '(pacer list --names 2>/dev/null)'\n"
    return text


def main():
    if len(sys.argv) != 3 or sys.argv[2] not in ("--check", "--update"):
        print(__doc__)
        return 2
    pacer = sys.argv[1]
    top, commands = described(pacer)
    version = subprocess.run([pacer, "--version"], text=True, capture_output=True, check=True).stdout.split()[1]
    made = {
        "pacer.1": manual(top, commands, version),
        "completions/pacer.bash": bash(top, commands),
        "completions/_pacer": zsh(top, commands),
        "completions/pacer.fish": fish(top, commands),
    }
    stale = [name for name, text in made.items() if not (HERE / name).exists() or (HERE / name).read_text() != text]
    if sys.argv[2] == "--update":
        for name in stale:
            (HERE / name).write_text(made[name])
            print(f"tools/{name} updated")
        return 0
    for name in stale:
        print(f"tools/{name} is stale: run tools/pages.py PACER --update")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
