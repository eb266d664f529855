"""`python -m rbm_ops.schemas` writes the schemas that are derived from tables."""

from rich.console import Console

from rbm_ops.schemas.files import FOLDER, write_files

for file in write_files(FOLDER):
    Console().print(f"wrote {file}", soft_wrap=True)
