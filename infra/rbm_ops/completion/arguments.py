"""What `rbm completion` takes."""

import argparse

from rbm_ops.completion.command import run_completion
from rbm_ops.completion.scripts import SCRIPTS

_EPILOG = """\
bash: source <(rbm completion bash)          in ~/.bashrc
zsh:  source <(rbm completion zsh)           in ~/.zshrc, after compinit
fish: rbm completion fish | source           in ~/.config/fish/config.fish
Exit status: 0, or 2 for another shell."""


def fill_parser(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run_completion, mendable=())
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument("shell", choices=tuple(SCRIPTS))
