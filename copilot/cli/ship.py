"""For the makers of the product: train on the shipped corpus and write the change that the package carries.

    python -m copilot.cli.ship knowledge/models/frontline-1.safetensors --guard FOLDER …

It starts from the packaged weights without any earlier change, judges like `copilot train`, and writes the file only if
the gate accepts it. Name, checksum and strength then go into `SHIPPED` of knowledge/adapters/packaged_model.py.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from copilot.bootstrap import shipped_material, shipping_service
from copilot.cli import output
from copilot.cli.training import print_training, read_guards, stage_bar, with_named
from copilot.training.service import Guards
from knowledge.training import Recipe


def ship(
    out: Annotated[Path, typer.Argument(help="The file to write.")],
    guard: Annotated[list[Path] | None, typer.Option(help="A folder of passages and questions. Repeatable.")] = None,
    epochs: Annotated[int, typer.Option(min=1, max=20)] = Recipe.epochs,
    rank: Annotated[int, typer.Option(min=1, max=128)] = Recipe.rank,
    seed: Annotated[int, typer.Option(min=0)] = Recipe.seed,
    max_steps: Annotated[int | None, typer.Option(min=1, help="Stop after so many steps: a trial.")] = None,
    models: Annotated[Path | None, typer.Option(help="Where to work; takes about 2 GB for a while.")] = None,
) -> None:
    """Train on the shipped corpus and write the low-rank change."""
    recipe = Recipe(epochs=epochs, rank=rank, seed=seed, max_steps=max_steps)
    guards = with_named(Guards(), read_guards(guard or [], seed, 300, 1_500))
    with tempfile.TemporaryDirectory(prefix="ship-", dir=models) as work, stage_bar() as listen:
        report = shipping_service(Path(work)).run(shipped_material(), guards, recipe, listen)
        if report.model is not None and report.decisive is not None:
            out.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(Path(work) / f"{report.model}.safetensors", out)
    print_training(report)
    if report.decisive is None or report.model is None:
        output.errors.print("The gate refused it, so nothing was written.")
        raise typer.Exit(1)
    checksum = sha256(out.read_bytes()).hexdigest()
    output.console.print(f"wrote {out}; recipe {asdict(recipe)}", markup=False)
    output.console.print(
        f'SHIPPED = ShippedChange(name="{out.stem}", sha256="{checksum}", strength={report.decisive.strength:g})',
        markup=False,
        soft_wrap=True,
    )


if __name__ == "__main__":
    typer.run(ship)
