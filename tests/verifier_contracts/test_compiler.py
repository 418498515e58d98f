"""Compiling: solc's words on errors, the cache, and where a compiler is found."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
import requests
import solcx

from zkpipe.ground.errors import MissingError
from zkpipe.verifier_contracts import Settings, compile_solidity, find_solc, install_solc
from zkpipe.verifier_contracts import node as node_module
from zkpipe.verifier_contracts.compilers import compiler as compiler_module
from zkpipe.verifier_contracts.compilers import solc as solc_module
from zkpipe.verifier_contracts.compilers import solc_process
from zkpipe.verifier_contracts.errors import CompilationError, CompilerMissingError

REAL_NODE_MODULES = solc_module.NODE_MODULES
SOURCE = """// SPDX-License-Identifier: Apache-2.0
pragma solidity >=0.8.20 <0.9.0;
contract Small { function seven() external pure returns (uint256) { return 7; } }
contract Other {}
"""


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """A cache folder of this test's own."""
    folder = tmp_path / "cache"
    folder.mkdir()
    kept_in(folder, monkeypatch)
    return folder


def kept_in(folder: Path | None, monkeypatch) -> None:
    """Let this folder be the only one for compiled contracts and executables; or none."""
    folders = () if folder is None else (folder,)
    for module in (compiler_module, solc_module):
        monkeypatch.setattr(module, "writable_folders", lambda name: iter(folders))
        monkeypatch.setattr(module, "readable_folders", lambda name: iter(folders))


@pytest.fixture
def bare(tmp_path, monkeypatch, own_cache):
    """A machine without any solc: nothing on PATH, in py-solc-x or in a node_modules."""
    monkeypatch.delenv("ZKPIPE_SOLC", raising=False)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("SOLCX_BINARY_PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(solc_module, "NODE_MODULES", tmp_path / "none")
    return tmp_path / "bin"


def fake_solc(path: Path, version: str) -> Path:
    path.write_text(f"#!/bin/sh\necho 'Version: {version}+commit.12345678.Linux.g++'\n")
    path.chmod(0o755)
    return path


def test_each_contract_of_a_source_has_abi_and_bytecode(solc):
    compiled = compile_solidity(SOURCE)
    assert set(compiled) == {"Small", "Other"}
    small = compiled["Small"]
    assert [entry["name"] for entry in small.abi] == ["seven"]
    assert small.bytecode.startswith("0x60")
    assert small.runtime.removeprefix("0x") in small.bytecode


def test_an_error_of_the_source_is_told_in_solcs_own_words(solc):
    with pytest.raises(CompilationError) as caught:
        compile_solidity(SOURCE.replace("return 7", "return seven8"))
    assert "Undeclared identifier" in str(caught.value)
    assert "seven8" in str(caught.value)
    assert "contract.sol:3:" in str(caught.value)
    assert caught.value.exit_status == 2


def test_a_pragma_for_another_compiler_is_told(solc):
    with pytest.raises(CompilationError, match="different compiler version"):
        compile_solidity(SOURCE.replace(">=0.8.20 <0.9.0", "0.4.11"))


def test_what_is_imported_must_be_in_the_source(solc):
    with pytest.raises(CompilationError, match="not found"):
        compile_solidity('import "./Elsewhere.sol";' + SOURCE)


def test_an_empty_source_compiles_to_nothing(solc):
    assert compile_solidity("// SPDX-License-Identifier: MIT\npragma solidity ^0.8.20;\n") == {}


def test_what_was_compiled_once_runs_no_compiler_again(solc, own_cache, monkeypatch):
    first = compile_solidity(SOURCE)

    def refuse(*_):
        raise AssertionError("compiled again")

    monkeypatch.setattr(compiler_module, "_run", refuse)
    assert compile_solidity(SOURCE) == first
    for other in (Settings(via_ir=True), Settings(evm_version="paris"), Settings(None)):
        with pytest.raises(AssertionError, match="again"):
            compile_solidity(SOURCE, other)


def test_a_damaged_cache_is_compiled_anew(solc, own_cache):
    first = compile_solidity(SOURCE)
    [kept] = own_cache.glob("*.json")
    whole = kept.read_bytes()
    for damage in (b"", b"{", whole[:-1], b"[{}]", b"null", b'"text"', b"[7]", b"\xff\xfe"):
        kept.write_bytes(damage)
        assert compiler_module._recall(kept.stem) is None
    assert compile_solidity(SOURCE) == first
    assert kept.read_bytes() == whole


def test_the_cache_keeps_the_newest_only(own_cache, monkeypatch):
    monkeypatch.setattr(compiler_module, "KEPT", 2)
    for age, name in ((30, "old"), (20, "middle"), (10, "new")):
        compiler_module._remember(name, [])
        os.utime(own_cache / f"{name}.json", (1_000_000 - age, 1_000_000 - age))
    compiler_module._remember("newest", [])
    assert {path.stem for path in own_cache.glob("*.json")} == {"new", "newest"}


def test_a_cache_that_cannot_be_written_does_not_matter(solc, own_cache, monkeypatch):
    compile_solidity(SOURCE)
    for folder in (Path("/dev/null/none"), None):
        kept_in(folder, monkeypatch)
        assert "Small" in compile_solidity(SOURCE)


def test_what_others_could_have_compiled_is_not_believed(solc, own_cache):
    """A planted bytecode could say yes to every proof."""
    first = compile_solidity(SOURCE)
    [kept] = own_cache.glob("*.json")
    assert compiler_module._recall(kept.stem)
    kept.write_text("[]")
    assert compiler_module._recall(kept.stem) == []  # the user's own is read
    kept.chmod(0o666)
    assert compiler_module._recall(kept.stem) is None
    kept.unlink()
    assert compile_solidity(SOURCE) == first


# Where the compiler is found.


def test_without_any_compiler_the_error_names_every_way_to_one(bare):
    with pytest.raises(CompilerMissingError) as caught:
        compile_solidity(SOURCE)
    for way in ("ZKPIPE_SOLC", "PATH", "doctor --fix", "npm install solc@0.8.37"):
        assert way in str(caught.value)
    assert caught.value.exit_status == 3
    assert isinstance(caught.value, MissingError)


def test_a_solc_on_path_is_taken_if_its_version_serves(bare):
    fake_solc(bare / "solc", "0.8.19")
    with pytest.raises(CompilerMissingError):
        find_solc()
    fake_solc(bare / "solc", "0.9.0")
    with pytest.raises(CompilerMissingError):
        find_solc()
    fake_solc(bare / "solc", "0.8.20")
    assert (find_solc().executable, find_solc().origin) == (bare / "solc", "PATH")
    assert find_solc().version.startswith("0.8.20+commit")


def test_the_environment_variable_comes_first(bare, tmp_path, monkeypatch):
    fake_solc(bare / "solc", "0.8.30")
    named = fake_solc(tmp_path / "mine", "0.8.25")
    monkeypatch.setenv("ZKPIPE_SOLC", str(named))
    assert (find_solc().executable, find_solc().origin) == (named, "ZKPIPE_SOLC")


@pytest.mark.parametrize(
    "kind", ["missing", "folder", "other program", "too old", "not executable"]
)
def test_a_wrong_environment_variable_is_an_error_even_if_another_solc_serves(
    bare, tmp_path, monkeypatch, kind
):
    fake_solc(bare / "solc", "0.8.30")
    named = tmp_path / "mine"
    if kind == "folder":
        named.mkdir()
    elif kind == "other program":
        named = Path("/bin/true")
    elif kind == "too old":
        fake_solc(named, "0.8.4")
    elif kind == "not executable":
        fake_solc(named, "0.8.30").chmod(0o644)
    monkeypatch.setenv("ZKPIPE_SOLC", str(named))
    with pytest.raises(CompilerMissingError, match="ZKPIPE_SOLC is"):
        find_solc()


def test_one_that_py_solc_x_installed_is_found_and_the_pinned_version_preferred(bare):
    for version in ("0.8.4", "0.8.37", "0.8.38"):
        fake_solc(bare / f"solc-v{version}", version)
    assert find_solc().executable == bare / "solc-v0.8.37"
    assert find_solc().origin == "py-solc-x"


def test_a_compiler_that_fails_is_told_apart_from_a_bad_source(bare):
    fake_solc(bare / "solc", "0.8.30")
    with pytest.raises(MissingError, match="found through PATH does not work"):
        compile_solidity(SOURCE)


GARBAGE = {
    "nothing": "true",
    "words": "echo hello",
    "deep": "printf '%200000s' | tr ' ' '['",
    "flood": "yes '{'",
    "list": "echo '[]'",
    "binary": "printf '\\377\\376'",
    "status": "echo '{}'; exit 3",
    "no contracts": """echo '{"contracts": 7}'""",
    "no code": """echo '{"contracts": {"contract.sol": {"A": {}}}}'""",
    "odd code": """echo '{"contracts": {"contract.sol": {"A": {"abi": [], "metadata": "",
        "evm": {"bytecode": {"object": "zz"}, "deployedBytecode": {"object": "00"}}}}}}'""",
    "odd metadata": """echo '{"contracts": {"contract.sol": {"A": {"abi": [], "metadata": "{",
        "evm": {"bytecode": {"object": "00"}, "deployedBytecode": {"object": "00"}}}}}}'""",
    "no end": "exec sleep 1000",
    "no end of a child": "sleep 20; echo '{}'",  # which would do, had it not been ended
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
def test_a_compiler_that_answers_anything_is_told_not_to_work(bare, monkeypatch, body):
    path = fake_solc(bare / "solc", "0.8.30")
    path.write_text(path.read_text().replace("echo", "[ $1 = --version ] && echo") + f"{body}\n")
    path.write_text(path.read_text().replace("g++'\n", "g++' && exit\nPATH=/usr/bin:/bin\n"))
    monkeypatch.setattr(solc_process, "SECONDS", 1.0)
    monkeypatch.setattr(solc_process, "LARGEST", 1 << 20)
    with pytest.raises(CompilerMissingError, match="does not work") as caught:
        compile_solidity(SOURCE)
    assert "the text" not in str(caught.value)  # there is none that the user could correct


def test_a_compiler_that_no_thread_can_talk_to_is_ended(bare, monkeypatch):
    """Where the system gives no more threads; it would wait for its question for ever."""
    path = fake_solc(bare / "solc", "0.8.30")
    path.write_text("#!/bin/sh\nexec sleep 1000\n")
    started = []
    start = subprocess.Popen

    def noted(*words, **settings):
        started.append(start(*words, **settings))
        return started[-1]

    def refuse(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(subprocess, "Popen", noted)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        solc_process.standard_json([path], b"{}")
    assert [process.poll() is None for process in started] == [False]


def test_errors_of_a_compiler_in_any_form_refuse_the_source(bare):
    path = fake_solc(bare / "solc", "0.8.30")
    path.write_text(path.read_text().replace("echo", "[ $1 = --version ] && echo"))
    start = path.read_text().replace("g++'\n", "g++' && exit\n")
    for errors in ("[7]", "7", '[{"severity": "error"}]', '[{"severity": 1}]', '{"a": 1}'):
        path.write_text(f"""{start}echo '{{"errors": {errors}}}'\n""")
        with pytest.raises(CompilationError):
            compile_solidity(SOURCE)


def test_a_download_that_fails_is_told(bare, monkeypatch):
    def no_connection(version):
        raise requests.ConnectionError("no route to the host")

    monkeypatch.setattr(solcx, "install_solc", no_connection)
    with pytest.raises(CompilerMissingError, match="could not be downloaded") as caught:
        install_solc()
    assert caught.value.exit_status == 3


def test_what_was_downloaded_is_found(bare, monkeypatch):
    monkeypatch.setattr(
        solcx, "install_solc", lambda version: fake_solc(bare / f"solc-v{version}", version)
    )
    assert install_solc() == find_solc()
    assert find_solc().executable == bare / "solc-v0.8.37"


# npm's compiler behind native solc's command line.


@pytest.fixture
def npm(own_cache, monkeypatch):
    for solc in solc_module._from_npm():
        return solc
    pytest.skip("npm's solc is not installed: get node, then `npm ci`")


def test_npms_solc_answers_its_version_like_native_solc(npm):
    assert npm.version.startswith("0.8.37+commit.")
    said = subprocess.run([npm.executable, "--version"], capture_output=True, text=True, check=True)  # noqa: S603 # solc
    assert said.stdout.startswith("solc, the solidity compiler")


def test_npms_solc_works_where_it_is_copied_to(npm, tmp_path, monkeypatch):
    """py-solc-x copies the executable it is given, and forge runs it from another folder."""
    copy = shutil.copy(npm.executable, tmp_path / "copied")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "Base.sol").write_text("contract Base { uint256 public five = 5; }")
    source = 'import "lib/Base.sol"; contract Top is Base {}'
    question = {
        "language": "Solidity",
        "sources": {"Top.sol": {"content": source}},
        "settings": {"outputSelection": {"*": {"*": ["abi"]}}},
    }

    def ask(*options: str) -> dict:
        said = subprocess.run(  # noqa: S603 # solc
            [copy, "--standard-json", *options],
            input=json.dumps(question),
            capture_output=True,
            text=True,
            check=True,
            cwd="/",
        )
        return json.loads(said.stdout)

    answer = ask("--base-path", str(tmp_path), "--allow-paths", f"{tmp_path},/nowhere")
    assert answer["contracts"]["Top.sol"]["Top"]["abi"][0]["name"] == "five"
    elsewhere = ask("--base-path", str(tmp_path / "lib"))
    assert any("not found" in error["message"] for error in elsewhere["errors"])
    included = ask(f"--include-path={tmp_path}", "--base-path", str(tmp_path / "lib"))
    assert "Top.sol" in included["contracts"]


def test_a_compiler_runs_where_the_working_folder_is_gone(solc, own_cache, tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert find_solc().version
    assert set(compile_solidity(SOURCE)) == {"Small", "Other"}


def test_npms_solc_reads_no_file_outside_its_folders(npm, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.sol").write_text("contract Secret {}")
    (tmp_path / "in" / "link.sol").symlink_to(tmp_path / "secret.sol")
    for name in ("../secret.sol", str(tmp_path / "secret.sol"), "link.sol"):
        question = {
            "language": "Solidity",
            "sources": {"Top.sol": {"content": f'import "{name}"; contract Top {{}}'}},
            "settings": {"outputSelection": {"*": {"*": ["abi"]}}},
        }
        said = subprocess.run(  # noqa: S603 # solc
            [npm.executable, "--standard-json", "--base-path", str(tmp_path / "in")],
            input=json.dumps(question),
            capture_output=True,
            text=True,
            check=True,
        )
        assert "not found" in said.stdout


def test_npms_solc_refuses_other_options(npm):
    said = subprocess.run([npm.executable, "--bin"], capture_output=True, text=True, check=False)  # noqa: S603 # solc
    assert said.returncode == 1
    assert "unrecognised option '--bin'" in said.stderr


def test_npms_solc_is_found_from_any_folder(npm, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert [solc.origin for solc in solc_module._from_npm()]


# What others could have put there is not run. A planted compiler leaves a file behind.


def planted_package(modules: Path, trace: Path) -> Path:
    """A package `solc` whose JavaScript leaves a trace."""
    package = modules / "solc"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"version": "0.8.37"}')
    for name in ("soljson.js", "index.js"):
        (package / name).write_text(
            f"require('fs').writeFileSync({json.dumps(str(trace))}, ''); process.exit(1);"
        )
    return package


def planted_solc(path: Path, trace: Path) -> Path:
    path.write_text(f"#!/bin/sh\ntouch '{trace}'\necho 'Version: 0.8.37+commit.12345678'\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def trace(tmp_path):
    path = tmp_path / "trace"
    yield path
    assert not path.exists(), "a planted compiler ran"


@pytest.fixture
def with_node(bare, monkeypatch):
    node = shutil.which("node", path="/usr/local/bin:/usr/bin:/bin")
    if node is None:
        pytest.skip("node is not installed")
    monkeypatch.setenv("PATH", f"{bare}:{Path(node).parent}")


@pytest.mark.parametrize("place", [".", "..", "../.."])
def test_no_node_modules_of_the_working_folder_or_above_is_run(
    with_node, tmp_path, monkeypatch, trace, place
):
    """Also the user's own: it may have come with a verifier that is to be checked."""
    deep = tmp_path / "one" / "two"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    planted_package(deep / place / "node_modules", trace)
    with pytest.raises(CompilerMissingError):
        compile_solidity(SOURCE)


@pytest.mark.parametrize("place", ["solc", ".", "..", "solc/solc.js", ".bin/solcjs"])
def test_npms_package_is_run_where_the_environment_names_it(npm, with_node, monkeypatch, place):
    """Its folder, one that it was installed in, or a script of it."""
    monkeypatch.setenv("ZKPIPE_SOLC", str(REAL_NODE_MODULES / place))
    found = find_solc()
    assert found.origin == "ZKPIPE_SOLC"
    assert found.version == npm.version
    assert "Small" in compile_solidity(SOURCE)


def test_npms_package_without_node_is_told(bare, tmp_path, monkeypatch):
    package = tmp_path / "node_modules" / "solc"
    package.mkdir(parents=True)
    (package / "soljson.js").write_text("")
    (package / "package.json").write_text('{"version": "0.8.37"}')
    monkeypatch.setenv("ZKPIPE_SOLC", str(package))
    with pytest.raises(CompilerMissingError, match="there is no node to run it"):
        find_solc()
    (package / "package.json").write_text('{"version": "0.7.6"}')
    with pytest.raises(CompilerMissingError, match="which is not solc from"):
        find_solc()


def a_strangers(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file to another user")
    os.chown(path, 65534, 65534)


def open_to_all(path: Path) -> None:
    path.chmod(0o757)


@pytest.mark.parametrize("spoil", [a_strangers, open_to_all])
@pytest.mark.parametrize("part", ["file", "folder"])
@pytest.mark.parametrize("name", ["solc", "solc-v0.8.37"])
def test_a_compiler_that_others_could_have_written_is_not_run(bare, trace, name, part, spoil):
    """On PATH, and in the folder of py-solc-x."""
    solc = planted_solc(bare / name, trace)
    spoil(solc if part == "file" else bare)
    with pytest.raises(CompilerMissingError) as caught:
        compile_solidity(SOURCE)
    assert f"{solc} is not run: " in str(caught.value)


def test_a_compiler_in_the_working_folder_is_not_run(bare, tmp_path, monkeypatch, trace):
    planted_solc(tmp_path / "solc", trace)
    monkeypatch.chdir(tmp_path)
    for entry in (".", ""):
        monkeypatch.setenv("PATH", f"{entry}:{bare}")
        with pytest.raises(CompilerMissingError):
            find_solc()


def test_a_planted_executable_for_npms_solc_is_written_anew(npm):
    whole = npm.executable.read_text()
    for spoil in (open_to_all, lambda path: path.write_text("#!/bin/sh\nexit 7\n")):
        spoil(npm.executable)
        [again] = solc_module._from_npm()
        assert again.executable.read_text() == whole
        assert again.executable.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("folder", [None, Path("/dev/null/none"), Path("/proc")])
def test_npms_solc_needs_no_folder(npm, monkeypatch, folder):
    kept_in(folder, monkeypatch)
    [found] = solc_module._from_npm()
    assert found.executable.name == "node"
    assert found.version == npm.version
    monkeypatch.setattr(compiler_module, "find_solc", lambda: found)
    assert "Small" in compile_solidity(SOURCE)


def test_an_executable_in_a_folder_that_can_only_be_read_is_used(npm, monkeypatch):
    monkeypatch.setattr(solc_module, "writable_folders", lambda name: iter(()))
    assert list(solc_module._from_npm()) == [npm]


@pytest.mark.parametrize("home", ["/dev/null", "/proc", "/proc/none", "file", "unreadable"])
def test_a_home_without_py_solc_xs_folder_is_passed_by(home, bare, tmp_path, monkeypatch):
    """The search tries its next place, and makes nothing in the home."""
    (tmp_path / "file").write_text("")
    (tmp_path / "unreadable").mkdir()
    (tmp_path / "unreadable" / ".solcx").mkdir(mode=0)
    monkeypatch.delenv("SOLCX_BINARY_PATH")
    monkeypatch.setenv("HOME", str(tmp_path / home))
    with pytest.raises(CompilerMissingError, match="No Solidity compiler"):
        find_solc()
    assert not (Path(home) / ".solcx").exists()


def test_without_a_home_at_all_the_search_goes_on(bare, monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("SOLCX_BINARY_PATH")
    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(CompilerMissingError, match="No Solidity compiler"):
        find_solc()


@pytest.mark.parametrize(
    "name", ["solc-v", "solc-vfoo", "solc-v0.8", "solc-v0.8.²", "solc-v" + "9" * 200]
)
def test_a_file_of_an_odd_name_beside_py_solc_xs_is_passed_by(bare, name):
    fake_solc(bare / name, "0.8.30")
    with pytest.raises(CompilerMissingError):
        find_solc()


def test_a_compiler_is_named_by_the_environment_where_the_working_folder_is_gone(
    bare, tmp_path, monkeypatch
):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setenv("ZKPIPE_SOLC", "no/such/solc")
    with pytest.raises(CompilerMissingError, match="ZKPIPE_SOLC is no/such/solc"):
        find_solc()


def test_a_compiler_runs_where_no_file_can_be_made(solc, own_cache, monkeypatch):
    def full(*_arguments, **_named):
        raise FileNotFoundError(2, "No usable temporary directory found")

    for name in ("TemporaryFile", "NamedTemporaryFile", "mkstemp", "mkdtemp", "gettempdir"):
        monkeypatch.setattr(f"tempfile.{name}", full)
    kept_in(None, monkeypatch)
    assert "Small" in compile_solidity(SOURCE)


def test_a_planted_anvil_is_not_run(bare, tmp_path, monkeypatch):
    monkeypatch.setattr(node_module, "NODE_MODULES", tmp_path / "none")
    anvil = planted_solc(bare / "anvil", tmp_path / "trace")
    assert node_module.find_anvil() == anvil
    open_to_all(anvil)
    with pytest.raises(MissingError):
        node_module.find_anvil()
