"""Places → a script for each shell. Pure.

Each script walks the words that stand there already, to find out in which command it is, and needs nothing
but its shell.
"""

import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rbm_ops.completion.words import Place

# What has a meaning to zsh's `_describe` or within quotes goes.
_UNSAID = re.compile(r"[:'\"`$\\\[\]{}]")
_MOST_CHARACTERS = 60

_BASH = """\
# Completion of rbm for bash: source <(rbm completion bash)
_rbm() {{
  local word path=rbm current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}
  COMPREPLY=()
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case "$path $word" in
      {paths}) path="$path $word" ;;
    esac
  done
  case "$path $previous" in
{values}
  esac
  case "$path" in
{words}
  esac
}}
complete -F _rbm rbm
"""
_ZSH = """\
#compdef rbm
# Completion of rbm for zsh: source <(rbm completion zsh)
_rbm() {{
  local word place=rbm previous=${{words[CURRENT-1]}}
  local -a found
  for word in "${{(@)words[2,CURRENT-1]}}"; do
    case "$place $word" in
      {paths}) place="$place $word" ;;
    esac
  done
  case "$place $previous" in
{values}
  esac
  case "$place" in
{words}
  esac
}}
compdef _rbm rbm
"""
_FISH = """\
# Completion of rbm for fish: rbm completion fish | source
function __rbm_is_in
  set -l place rbm
  for word in (commandline -opc)[2..-1]
    switch "$place $word"
      case {paths}
        set place "$place $word"
    end
  end
  test "$place" = "$argv"
end
complete -c rbm -f
{lines}
"""


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How a shell of the Bourne kind says that these words may follow, a path, or all of a place."""

    template: str
    complete_words: Callable[[Sequence[str]], str]
    complete_files: str
    complete_place: Callable[[Place], str]

    def make_script(self, places: Sequence[Place]) -> str:
        return self.template.format(
            paths=_join_paths(places, "|"),
            values="\n".join(self._list_values(places)),
            words="\n".join(f"    {_quote(place.path)}) {self._offer(place)} ;;" for place in places),
        )

    def _offer(self, place: Place) -> str:
        files = f"; {self.complete_files}" if place.takes_files else ""
        return f"{self.complete_place(place)}{files}"

    def _list_values(self, places: Iterable[Place]) -> Iterable[str]:
        """What completes the value of a flag; what nobody can know is left to the person."""
        for place in places:
            for flag, words in place.values.items():
                known = self.complete_words(words) if words else ":"
                how = self.complete_files if flag in place.files else known
                yield f"    {_quote((*place.path, flag))}) {how}; return ;;"


def make_fish(places: Sequence[Place]) -> str:
    return _FISH.format(
        paths=_join_paths(places, " "), lines="\n".join(line for place in places for line in _fish(place))
    )


def _join_paths(places: Iterable[Place], separator: str) -> str:
    return separator.join(_quote(place.path) for place in places if len(place.path) > 1)


def _quote(path: Sequence[str]) -> str:
    return shlex.quote(" ".join(path))


def _list_words(place: Place) -> list[str]:
    return [*place.commands, *place.choices, *place.flags]


def _bash_words(words: Sequence[str]) -> str:
    return f'COMPREPLY=($(compgen -W {shlex.quote(" ".join(words))} -- "$current"))'


def _zsh_words(words: Sequence[str]) -> str:
    return f"compadd -- {shlex.join(words)}"


def _zsh_place(place: Place) -> str:
    described = {**place.commands, **dict.fromkeys(place.choices, ""), **place.flags}
    words = " ".join(shlex.quote(f"{word}:{_shorten(text)}") for word, text in described.items())
    return f"found=({words}); _describe '' found"


def _fish(place: Place) -> Iterable[str]:
    start = f"complete -c rbm -n {shlex.quote('__rbm_is_in ' + ' '.join(place.path))}"
    for word, text in {**place.commands, **dict.fromkeys(place.choices, "")}.items():
        yield f"{start} -a {shlex.quote(word)} -d {shlex.quote(_shorten(text))}"
    if place.takes_files:
        yield f"{start} -F"
    for flag, text in place.flags.items():
        kind = f"-l {shlex.quote(flag[2:])}" if flag.startswith("--") else f"-s {shlex.quote(flag[1:])}"
        value = ""
        if flag in place.values:
            words = shlex.quote(" ".join(place.values[flag]))
            value = " -r -F" if flag in place.files else f" -x -a {words}"
        yield f"{start} {kind}{value} -d {shlex.quote(_shorten(text))}"


def _shorten(text: str) -> str:
    plain = _UNSAID.sub("", text)
    return plain if len(plain) <= _MOST_CHARACTERS else f"{plain[:_MOST_CHARACTERS].rstrip()}…"


_BASH_DIALECT = _Dialect(
    _BASH,
    _bash_words,
    'COMPREPLY+=($(compgen -f -- "$current"))',
    lambda place: _bash_words(_list_words(place)),
)
_ZSH_DIALECT = _Dialect(_ZSH, _zsh_words, "_files", _zsh_place)

SCRIPTS: dict[str, Callable[[Sequence[Place]], str]] = {
    "bash": _BASH_DIALECT.make_script,
    "zsh": _ZSH_DIALECT.make_script,
    "fish": make_fish,
}
