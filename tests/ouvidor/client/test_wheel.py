"""What a department installs is small and whole: the wheel, and the two libraries that it names."""

import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[3]
PROJECT = ROOT / "deploy" / "client"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("client-wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, PROJECT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = folder.glob("ouvidor_client-*.whl")
    return found


def needed(*named: str) -> Iterator[Distribution]:
    """Give the distributions that these requirements bring, with all that those bring."""
    left, seen = [Requirement(each) for each in named], set()
    while left:
        each = left.pop()
        if (each.name, *sorted(each.extras)) in seen:
            continue
        seen.add((each.name, *sorted(each.extras)))
        found = distribution(each.name)
        yield found
        for line in found.requires or ():
            its = Requirement(line)
            if its.marker is None or any(its.marker.evaluate({"extra": extra}) for extra in (*each.extras, "")):
                left.append(its)


def test_the_wheel_and_the_libraries_that_it_names_are_all_that_a_department_needs(wheel: Path, tmp_path: Path):
    site = tmp_path / "site"
    site.mkdir()
    zipfile.ZipFile(wheel).extractall(site)
    wanted = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    for each in needed(*wanted):
        for top in {
            file.parts[0] for file in each.files or () if file.parts[0] != ".." and "__pycache__" not in file.parts
        }:
            if not (site / top).exists():
                (site / top).symlink_to(Path(str(each.locate_file(top))))
    program = (
        f"import sys; sys.path.insert(0, {str(site)!r}); import ouvidor.client as it; "
        "print(it.__file__); it.Department('saude', it.Broker('b:9093', username='saude', password='x'))"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(site / "ouvidor" / "client" / "__init__.py")


def test_it_is_of_the_same_version_as_all_of_ouvidor_and_says_that_it_is_typed(wheel: Path):
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert wheel.name == f"ouvidor_client-{version}-py3-none-any.whl"
    names = zipfile.ZipFile(wheel).namelist()
    assert {"ouvidor/py.typed", "ouvidor/client/LICENSE"} <= set(names)
    assert not [name for name in names if "__pycache__" in name]
