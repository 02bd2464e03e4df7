"""What fails in a suite that is inherited is told as well as what fails in a test file."""

import pytest

pytest.register_assert_rewrite("tests.ingest.contract", "tests.ingest.pull_contract", "tests.ingest.river")
