"""A record of a deployment is believed only as far as the chain bears it out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zkpipe.verifier_contracts import Chain, Deployment, compile_solidity, find_solc
from zkpipe.verifier_contracts.errors import CompilerMissingError, NoCodeError

SOURCE = """// SPDX-License-Identifier: Apache-2.0
pragma solidity >=0.8.20 <0.9.0;
contract Honest {
    uint256 public immutable PRICE;
    constructor() { PRICE = gasleft(); }
    function answer() external pure returns (bool) { return false; }
}
contract Liar {
    function answer() external pure returns (bool) { return true; }
}
"""


def test_another_contract_at_the_recorded_address_is_refused() -> None:
    try:
        find_solc()
    except CompilerMissingError as missing:
        pytest.skip(str(missing))
    chain = Chain.embedded()
    compiled = compile_solidity(SOURCE)
    honest = chain.deploy(compiled, "Honest")
    record = Deployment.of(honest, compiled["Honest"])
    assert record.attach(chain).call("PRICE") == honest.call("PRICE") > 0
    liar = chain.deploy(compiled, "Liar")
    with pytest.raises(NoCodeError, match="is not the code of Honest"):
        replace(record, address=liar.address).attach(chain)
