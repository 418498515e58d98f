"""The file of a deployment that is not finished: what it may hold."""

from __future__ import annotations

import json

import pytest

from tests.verifier_contracts.begun import BEGUN
from zkpipe.ground.errors import FormatError
from zkpipe.verifier_contracts.deployment_file import BegunDeployment, DeploymentFile

WRONG = {
    "a field that nobody reads": ({"unverified": "no reason"}, "unverified"),
    "a state that is none": ({"state": "finished"}, "state"),
    "failed, and no transaction that did": ({"state": "failed"}, "state"),
    "two kinds of fees": ({"gasPrice": 5}, "maxFeePerGas"),
    "no gas": ({"gas": None}, "gas"),
}


def opened(path, record):
    path.write_text(json.dumps(record))
    return DeploymentFile(path, lambda _begun: None)


@pytest.mark.parametrize("failed", [None, "0x" + "cd" * 32])
def test_what_was_begun_is_read_as_it_was_written(tmp_path, failed):
    made = BegunDeployment("Square", BEGUN, failed)
    assert opened(tmp_path / "a.json", made.to_json()).begun == made


@pytest.mark.parametrize("name", WRONG)
def test_a_record_that_zkpipe_would_not_write_is_refused(tmp_path, name):
    """Whoever goes on from it must see all that it says."""
    change, says = WRONG[name]
    record = BegunDeployment("Square", BEGUN).to_json() | change
    with pytest.raises(FormatError, match=says):
        opened(tmp_path / "a.json", record)
