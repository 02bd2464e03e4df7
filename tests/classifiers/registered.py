"""Models to promote: the package's own, changed a little, or so that all it sees is complaints."""

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from shutil import copytree

__all__ = ["another_model"]


def another_model(where: Path, *, seed: int = 2, shifts: Sequence[float] | None = None) -> Path:
    """Write a model that judges as the package's own does, unless other shifts of the kinds are given."""
    copytree(str(files("classifiers.model") / "trained"), where)
    file = where / "model.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    manifest["seed"] = seed
    if shifts is not None:
        manifest["thresholds"]["shifts"] = list(shifts)
    file.write_text(json.dumps(manifest), encoding="utf-8")
    return where
