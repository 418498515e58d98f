"""Compiling several sources that import one another, and npm's packages."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from zkpipe.ground.errors import FormatError, KindError
from zkpipe.verifier_contracts import Chain, Deployment, Settings, compile_solidity, compile_sources
from zkpipe.verifier_contracts.compilers import compiler as compiler_module
from zkpipe.verifier_contracts.compilers.compiled import settings_of
from zkpipe.verifier_contracts.compilers.imports import imports_of, with_imports
from zkpipe.verifier_contracts.compilers.recompiled import is_of_its_source
from zkpipe.verifier_contracts.compilers.solc import NODE_MODULES
from zkpipe.verifier_contracts.errors import CompilationError

HEAD = "// SPDX-License-Identifier: Apache-2.0\npragma solidity ^0.8.20;\n"
SOURCES = {
    "exchange/Shop.sol": HEAD
    + """import {Base} from "./parts/Base.sol";
import "../Price.sol";
contract Shop is Base {
    uint256 public immutable price;
    address private immutable seller;
    constructor(uint256 given) { price = given; seller = msg.sender; }
    function total(uint256 n) external view returns (uint256) { return Price.times(price, n); }
    function owner() external view returns (address) { return seller; }
}
""",
    "exchange/parts/Base.sol": HEAD + "contract Base { function base() external {} }\n",
    "Price.sol": HEAD
    + """library Price {
    function times(uint256 price, uint256 n) internal pure returns (uint256) { return price * n; }
}
""",
}
USES_A_PACKAGE = HEAD + 'import {Deep} from "@some/package/src/Deep.sol"; contract Uses is Deep {}'


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A folder of npm's packages, in which one source imports another."""
    for name, text in {
        "@some/package/src/Deep.sol": HEAD
        + """import {Deeper} from "../base/Deeper.sol";
import {Plain} from "plain-package/Plain.sol";
contract Deep is Deeper, Plain {}""",
        "@some/package/base/Deeper.sol": HEAD
        + "contract Deeper { function deeper() external pure returns (uint256) { return 7; } }",
        "plain-package/Plain.sol": HEAD + "contract Plain {}",
        "outside.sol": HEAD + "contract Outside {}",
    }.items():
        path = tmp_path / "node_modules" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "node_modules"


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir()
    for name in ("writable_folders", "readable_folders"):
        monkeypatch.setattr(compiler_module, name, lambda _: iter((folder,)))
    return folder


def test_each_contract_of_the_given_sources_is_compiled(solc) -> None:
    compiled = compile_sources(SOURCES)
    assert set(compiled) == {"Shop", "Base", "Price"}
    shop = compiled["Shop"]
    assert shop.source_name == "exchange/Shop.sol"
    assert shop.source == SOURCES["exchange/Shop.sol"]
    assert {e.get("name") for e in shop.abi} == {None, "price", "total", "base", "owner"}
    contract = Chain.embedded().deploy(compiled, "Shop", 6)
    assert contract.call("total", 7) == 42


def test_packages_are_taken_into_the_input_and_not_into_the_result(solc, packages: Path) -> None:
    compiled = compile_sources({"Uses.sol": USES_A_PACKAGE}, packages=packages)
    assert set(compiled) == {"Uses"}
    uses = compiled["Uses"]
    assert set(uses.standard_input["sources"]) == {
        "Uses.sol",
        "@some/package/src/Deep.sol",
        "@some/package/base/Deeper.sol",
        "plain-package/Plain.sol",
    }
    assert Chain.embedded().deploy(compiled, "Uses").call("deeper") == 7


def test_a_package_of_npm_compiles(solc) -> None:
    name = "@openzeppelin/contracts/utils/cryptography/EIP712.sol"
    if not (NODE_MODULES / name).is_file():
        pytest.skip("OpenZeppelin's contracts are not installed: `npm ci`")
    body = "function domain() external view returns (bytes32) { return _domainSeparatorV4(); }"
    source = HEAD + f'import "{name}"; contract Signed is EIP712("zkpipe", "1") {{ {body} }}'
    compiled = compile_sources({"Signed.sol": source}, Settings(1000, True), NODE_MODULES)
    assert set(compiled) == {"Signed"}
    contract = Chain.embedded().deploy(compiled, "Signed")
    assert any(contract.call("domain"))


def test_immutables_are_the_places_that_the_constructor_fills_in(solc) -> None:
    shop = compile_sources(SOURCES)["Shop"]
    chain = Chain.embedded()
    contract = chain.deploy({"Shop": shop}, "Shop", (1 << 256) - 1)
    deployed, runtime = chain.code(contract.address), bytearray.fromhex(shop.runtime[2:])
    assert shop.immutables
    values = set()
    for first, count in shop.immutables:
        assert not any(runtime[first : first + count])
        values.add(deployed[first : first + count])
        runtime[first : first + count] = deployed[first : first + count]
    assert bytes(runtime) == deployed
    assert values == {b"\xff" * 32, bytes(12) + bytes.fromhex(chain.account[2:])}
    assert compile_solidity(SOURCES["Price.sol"])["Price"].immutables is None  # it is not asked


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ('import "a.sol";', ["a.sol"]),
        ("import 'a.sol' as x;", ["a.sol"]),
        ('import * as x from "a.sol";import{A as B,C}from"b.sol";', ["a.sol", "b.sol"]),
        ('import {\n  A, // "no.sol"\n  B /* from "no.sol"; */\n} from "a.sol";', ["a.sol"]),
        ('import {A} /* it\'s */ from // its "place"\n "a.sol";', ["a.sol"]),
        ('// import "no.sol";\n/* import "no.sol"; */ /// import "no.sol";', []),
        ("string s = \"import 'no.sol';\"; string t = 'import \"no.sol\";';", []),
        ('string s = "\\"; import \'no.sol\';"; import "a.sol";', ["a.sol"]),
        ('uint important; uint x = 4 / 2; import "a.sol";', ["a.sol"]),
        ("/* never closed import 'no.sol';", []),
        ("", []),
    ],
)
def test_the_imports_of_a_source_are_those_that_solc_sees(text: str, paths: list[str]) -> None:
    assert list(imports_of(text)) == paths


def test_an_import_that_is_not_given_is_named(solc, packages: Path) -> None:
    given = {"exchange/Shop.sol": SOURCES["exchange/Shop.sol"]}
    with pytest.raises(CompilationError, match=r"exchange/Shop\.sol imports .*which is not here"):
        compile_sources(given, packages=packages)
    for given_packages in (None, packages / "plain-package"):
        with pytest.raises(CompilationError, match=r"Uses\.sol imports"):
            compile_sources({"Uses.sol": USES_A_PACKAGE}, packages=given_packages)


@pytest.mark.parametrize(
    "path",
    ["../outside.sol", "/etc/hostname", "a/../../outside.sol", "./../outside.sol", "a//b.sol", ""],
)
def test_no_import_leads_out_of_the_packages(packages: Path, path: str) -> None:
    below = packages / "plain-package"
    for importer in ("A.sol", "a/b/A.sol"):
        with pytest.raises(CompilationError, match="which is not here"):
            with_imports({importer: f'import "{path}";'}, below)


@pytest.mark.parametrize("name", ["", "/a.sol", "../a.sol", "a/../b.sol", "a/./b.sol", "a\\b.sol"])
def test_a_source_has_a_relative_path_for_a_name(name: str) -> None:
    with pytest.raises((CompilationError, KindError)):
        compile_sources({name: SOURCES["Price.sol"]})


def test_two_contracts_of_one_name_are_refused(solc) -> None:
    text = HEAD + "contract A {}"
    with pytest.raises(CompilationError, match=r"a\.sol and b\.sol both have a contract A"):
        compile_sources({"a.sol": text, "b.sol": text})


def test_an_error_names_its_source(solc) -> None:
    wrong = SOURCES | {"Price.sol": SOURCES["Price.sol"].replace("price * n", "prise * n")}
    with pytest.raises(CompilationError) as caught:
        compile_sources(wrong)
    assert "Price.sol:4:" in str(caught.value)
    assert "prise" in str(caught.value)


def test_what_was_compiled_once_runs_no_compiler_again(
    solc, own_cache: Path, packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = compile_sources({"Uses.sol": USES_A_PACKAGE}, packages=packages)

    def refuse(*_: object) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr(compiler_module, "_run", refuse)
    assert compile_sources({"Uses.sol": USES_A_PACKAGE}, packages=packages) == first
    deeper = packages / "@some" / "package" / "base" / "Deeper.sol"
    deeper.write_text(deeper.read_text().replace("return 7", "return 8"))
    with pytest.raises(AssertionError, match="compiled again"):
        compile_sources({"Uses.sol": USES_A_PACKAGE}, packages=packages)


def test_a_record_of_several_sources_is_compiled_again_from_its_own_input(
    solc, tmp_path: Path
) -> None:
    """Its packages are in it: none need be installed, and none that is there is believed."""
    compiled = compile_sources(SOURCES)["Shop"]
    chain = Chain.embedded()
    deployment = Deployment.of(chain.deploy({"Shop": compiled}, "Shop", 6), compiled)
    deployment.save(tmp_path / "record.json")
    loaded = Deployment.load(tmp_path / "record.json")
    assert replace(loaded.compiled, immutables=compiled.immutables) == compiled
    assert loaded.attach(chain).call("total", 2) == 12
    assert is_of_its_source(loaded.compiled) is True
    changed = json.loads(json.dumps(compiled.standard_input))
    price = changed["sources"]["Price.sol"]
    price["content"] = price["content"].replace("price * n", "price + n")
    with pytest.raises(FormatError, match="of two contracts"):
        is_of_its_source(replace(loaded.compiled, standard_input=changed))


@pytest.mark.parametrize("name", ["Shop", "Price.sol:Shop:Shop", "none.sol:Shop", "Price.sol:Base"])
def test_a_record_names_a_source_that_it_has(solc, tmp_path: Path, name: str) -> None:
    compiled = compile_sources(SOURCES)["Shop"]
    contract = Chain.embedded().deploy({"Shop": compiled}, "Shop", 6)
    record = Deployment.of(contract, compiled).to_json()
    with pytest.raises(FormatError, match="qualifiedName"):
        Deployment.from_json({**record, "qualifiedName": name}, "it")


def test_settings_are_read_from_an_input_that_is_ours_only(solc) -> None:
    settings = Settings(200, via_ir=True)
    given = dict(compile_sources(SOURCES, settings)["Shop"].standard_input)
    assert settings_of(given) == settings
    chosen = given["settings"]
    for wrong in (
        {"sources": {}},
        {"sources": {"Price.sol": given["sources"]["Price.sol"]}},
        {"sources": {**given["sources"], "x.sol": {"urls": ["/etc/hostname"]}}},
        {"sources": {**given["sources"], "x.sol": {"content": 7}}},
        {"settings": {**chosen, "outputSelection": {"none.sol": {"*": []}}}},
        {"settings": {**chosen, "outputSelection": {"*": {"*": ["abi"]}}}},
        {"settings": {**chosen, "remappings": ["a=b"]}},
        {"language": "Yul"},
    ):
        with pytest.raises(FormatError, match="not one that zkpipe makes"):
            settings_of(given | wrong)
