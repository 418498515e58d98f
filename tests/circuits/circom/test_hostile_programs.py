"""A program is somebody's code: it ends, it stays in its memory, and it reaches nothing else."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from wasmtime import Instance, wat2wasm

from tests.circuits.circom.programs import IMPORTS, PARTS, program
from tests.long_form import IS_LONG
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.circuits.circom import Limits, WitnessCalculator
from zkpipe.circuits.circom import calculator as calculators
from zkpipe.circuits.circom.sandbox import Sandbox
from zkpipe.circuits.errors import CalculatorError, InputError, UnsatisfiedError
from zkpipe.ground.errors import FormatError, MissingError, RangeError, ZkpipeError

VECTORS = Path(__file__).parents[2] / "vectors" / "circom"
SOON = Limits(seconds=0.5, memory=1 << 24)
FOREVER = "(loop $again (br $again))"


def made(code: bytes, limits: Limits = SOON) -> WitnessCalculator:
    return WitnessCalculator(code, "square", limits)


def solved(code: bytes, limits: Limits = SOON) -> list[int]:
    return ints_from_words(made(code, limits).solve(x=7).values)


def test_the_honest_program_of_these_tests_is_solved() -> None:
    assert solved(program()) == [1, 7]


@pytest.mark.parametrize(
    "parts",
    [
        {"init": f"(param i32) {FOREVER}"},
        {"setInputSignal": f"(param i32 i32 i32) {FOREVER}"},
        {"getWitness": f"(param i32) {FOREVER}"},
        {"getVersion": f"(result i32) {FOREVER} (unreachable)"},
        {"getRawPrime": FOREVER},
        {"more": f"(func $start {FOREVER}) (start $start)"},
    ],
)
def test_a_program_that_does_not_end_is_ended(parts: dict[str, str]) -> None:
    begun = time.monotonic()
    with pytest.raises(CalculatorError, match=r"did not end within 0\.5 seconds"):
        solved(program(**parts))
    assert time.monotonic() - begun < 8


def test_a_program_that_was_ended_can_be_asked_again() -> None:
    hangs_for_9 = (
        "(param i32 i32 i32) (if (i32.eq (i32.load (i32.const 0)) (i32.const 9))"
        f" (then {FOREVER}))"
        " (if (i32.eq (local.get 2) (i32.const -1)) (then (call $exceptionHandler (i32.const 6))))"
        " (memory.copy (i32.const 32) (i32.const 0) (i32.const 32))"
    )
    found = made(program(setInputSignal=hangs_for_9))
    for _ in range(2):
        with pytest.raises(CalculatorError, match="did not end"):
            found.solve(x=9)
        assert ints_from_words(found.solve(x=8).values) == [1, 8]


def test_messages_and_logs_without_end_are_cut_short() -> None:
    flood = "(loop $again (call $writeBufferMessage) (call $printErrorMessage) (br $again))"
    with pytest.raises(CalculatorError, match="did not end"):
        solved(program(init=f"(param i32) {flood}", getMessageChar="(result i32) (i32.const 65)"))
    once = "(param i32) (call $printErrorMessage) (call $exceptionHandler (i32.const 4))"
    with pytest.raises(UnsatisfiedError) as caught:
        solved(program(init=once, getMessageChar="(result i32) (i32.const 27)"))
    assert caught.value.evidence == ()  # no escape reaches a terminal


@pytest.mark.parametrize(
    ("message", "is_told"),
    [
        ("Error in template Square_0 line: 17", True),
        ("Error in function half_0 line: 2", True),
        ("Error in template Cube_0 line: 17", False),  # the program has no such template
        ("Error in template Square_0 line: 31415926535", False),
        ("Error in template Square_0 line: 17 31415926535", False),
        ("31415926535", False),
    ],
)
def test_messages_are_told_if_circom_could_have_written_them(message: str, is_told: bool) -> None:
    """A program could spell what it was given: messages go into logs and reports of faults."""
    masked = "".join(f"\\{letter ^ 1:02x}" for letter in message.encode()) + "\\01"
    spelt = program(
        more=f'(data (i32.const 1024) "{masked}") (global $at (mut i32) (i32.const 1023))'
        r'(data (i32.const 2048) "Error in template Square_0\00Error in function half_0\00")',
        getMessageChar="(result i32) (global.set $at (i32.add (global.get $at) (i32.const 1)))"
        " (i32.xor (i32.load8_u (global.get $at)) (i32.const 1))",
        init="(param i32) (call $printErrorMessage) (call $exceptionHandler (i32.const 4))",
    )
    with pytest.raises(UnsatisfiedError) as caught:
        solved(spelt)
    assert caught.value.evidence == ((message,) if is_told else ())


READ = PARTS["readSharedRWMemory"].replace("(i32.load", "(call $showSharedRWMemory) (i32.load")


@pytest.mark.parametrize(
    "parts",
    [
        {"getMessageChar": "(result i32) (call $printErrorMessage) (i32.const 65)",
         "init": "(param i32) (call $printErrorMessage)"},
        {"getMessageChar": "(result i32) (call $writeBufferMessage) (i32.const 65)",
         "init": "(param i32) (call $writeBufferMessage)"},
        {"readSharedRWMemory": READ},
    ],
)  # fmt: skip
def test_a_program_that_calls_an_import_within_an_import_is_ended(parts: dict[str, str]) -> None:
    """Else each calls the other until Python has no frames left, in the middle of wasmtime."""
    found = made(program(**parts))
    with pytest.raises(CalculatorError, match="from within such a call"):
        found.solve_signals(found.bound({"x": 7}), [].append)


def test_a_stack_that_the_shell_keeps_small_is_not_the_program_s() -> None:
    """A program that calls itself without end is stopped, and the process does not die of it."""
    text = """
import resource, sys
hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
resource.setrlimit(resource.RLIMIT_STACK, (1 << 18, hard))
import os
if len(sys.argv) < 2:  # threads have what the limit was when the process began
    os.execv(sys.executable, [sys.executable, "-c", sys.orig_argv[2], "again"])
from tests.circuits.circom.programs import program
from zkpipe.circuits.circom import WitnessCalculator
from zkpipe.circuits.errors import CalculatorError
import threading
found = WitnessCalculator(program(init="(param i32) (call $init (i32.const 0))"), "deep")
try:
    found.solve(x=7)
except CalculatorError as error:
    print(error.evidence, threading.stack_size())
"""
    ran = subprocess.run(  # noqa: S603 # our own words
        [sys.executable, "-c", text], capture_output=True, text=True, check=False, timeout=300
    )
    assert ran.returncode == 0, (ran.returncode, ran.stderr)
    assert "call stack exhausted" in ran.stdout
    assert ran.stdout.endswith(" 0\n")  # other threads keep theirs


def test_a_run_that_is_stopped_before_it_begins_does_not_begin() -> None:
    """It would go on in the background until the process ends: nothing interrupts it again."""
    box = Sandbox("late", Limits(seconds=0.2))
    module = box.compiled(bytes(wat2wasm(f'(module (func (export "f") {FOREVER}))')))
    ended = []

    def work() -> None:
        time.sleep(0.6)
        try:
            store = box.store()
            function: Any = Instance(store, module, []).exports(store)["f"]
            function(store)
        finally:
            ended.append(threading.current_thread())

    with pytest.raises(CalculatorError, match="did not end"):
        box.run(work)
    assert len(ended) == 1


def test_memory_is_bounded_from_the_beginning_and_while_it_grows() -> None:
    large = '(memory (export "memory") 300)'  # pages: 19 MiB
    with pytest.raises(CalculatorError, match="needs 19660800 bytes of memory and may take"):
        solved(program(memory=large))
    with pytest.raises(CalculatorError, match="its program failed"):
        solved(program(memory="(memory 300)"))  # not exported, so nobody says how large it is
    assert solved(program(memory=large), Limits(0.5, 1 << 25)) == [1, 7]
    grow = (
        "(param i32) (if (i32.eq (memory.grow (i32.const 300)) (i32.const -1))"
        " (then (call $exceptionHandler (i32.const 5))))"
    )
    with pytest.raises(CalculatorError, match="too little memory"):
        solved(program(init=grow))
    assert solved(program(init=grow), Limits(0.5, 1 << 25)) == [1, 7]


@pytest.mark.parametrize("count", ["0x7fffffff", "-1", "0", "0x80001"])
def test_a_claim_of_a_large_witness_allocates_nothing(count: str) -> None:
    with pytest.raises(CalculatorError, match="claims a witness of"):
        made(program(getWitnessSize=f"(result i32) (i32.const {count})"))


def test_a_table_is_bounded() -> None:
    with pytest.raises(CalculatorError, match="its program failed"):
        made(program(more="(table 20000000 funcref)"))


@pytest.mark.parametrize(
    ("imports", "says"),
    [
        ('(import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))',
         "imports wasi_snapshot_preview1.fd_write"),
        ('(import "runtime" "readFile" (func))', "imports runtime.readFile"),
        ('(import "env" "exceptionHandler" (func (param i32)))', "imports env.exceptionHandler"),
        ('(import "runtime" "printErrorMessage" (func (param i32)))', "printErrorMessage"),
        ('(import "runtime" "exceptionHandler" (memory 1))', "exceptionHandler"),
        ('(import "env" "memory" (memory 1))', "was made by circom 1"),
        ('(import "\\1b[2J" "x" (func))', r"imports \\x1b\[2J.x"),
    ],
)  # fmt: skip
def test_only_circom_s_imports_are_there(imports: str, says: str) -> None:
    memory = "" if "memory" in imports else '(memory (export "memory") 1)'
    with pytest.raises(FormatError, match=says):
        made(program(imports=imports + IMPORTS, memory=memory))


def test_an_export_that_is_missing_or_another_kind_is_named() -> None:
    for name in ("init", "setInputSignal", "getWitness", "readSharedRWMemory", "getMessageChar"):
        with pytest.raises(FormatError, match=f"does not export {name}"):
            made(program(without=name))
    with pytest.raises(FormatError, match="does not export init"):
        made(program(init="(param i64)"))
    with pytest.raises(FormatError, match="was made by an early circom 2"):
        made(program(without="getInputSignalSize"))
    with pytest.raises(FormatError, match="does not export getMinorVersion"):
        made(program(more='(global (export "getMinorVersion") i32 (i32.const 1))'))


def test_another_version_or_field_is_refused() -> None:
    with pytest.raises(FormatError, match="not made by circom 2"):
        made(program(getVersion="(result i32) (i32.const 3)"))
    with pytest.raises(FormatError, match="another field"):
        made(program(getFieldNumLen32="(result i32) (i32.const 12)"))
    with pytest.raises(FormatError, match="another field"):
        made(program(prime=2**255 - 19))


@pytest.mark.parametrize(
    "witness",
    [
        "(param i32) (memory.fill (i32.const 0) (i32.const 0) (i32.const 32))",
        "(param i32) (memory.fill (i32.const 0) (i32.const 255) (i32.const 32))",
        "(param i32) (if (local.get 0) (then (memory.copy (i32.const 0) (i32.const 64)"
        " (i32.const 32))) (else (memory.fill (i32.const 0) (i32.const 0) (i32.const 32))"
        " (i32.store (i32.const 0) (i32.const 1))))",  # the prime itself
    ],
)
def test_values_that_are_no_witness_are_refused(witness: str) -> None:
    with pytest.raises(CalculatorError, match="gave values that are no witness"):
        solved(program(getWitness=witness))


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"init": "(param i32) (unreachable)"}, "unreachable"),
        ({"getWitness": "(param i32) (drop (i32.load (i32.const -8)))"}, "out of bounds memory"),
        ({"init": "(param i32) (call $init (i32.const 0))"}, "call stack exhausted"),
        ({"more": "(func $start (unreachable)) (start $start)"}, "unreachable"),
    ],
)
def test_a_trap_is_told_in_one_line(parts: dict[str, str], says: str) -> None:
    with pytest.raises(CalculatorError, match="its program failed") as caught:
        solved(program(**parts))
    (line,) = caught.value.evidence
    assert says in line
    assert "\n" not in line


def test_a_division_by_zero_is_a_matter_of_the_inputs() -> None:
    divides = PARTS["setInputSignal"] + (
        " (drop (i32.div_u (i32.const 1) (i32.load (i32.const 0))))"
    )
    found = made(program(setInputSignal=divides))
    assert ints_from_words(found.solve(x=7).values) == [1, 7]
    with pytest.raises(UnsatisfiedError, match="the circuit divides by zero") as caught:
        found.solve(x=0)
    assert caught.value.exit_status == 1


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        (4, UnsatisfiedError, "an assertion of the circuit does not hold"),
        (7, UnsatisfiedError, "beyond the end of an array"),
        (5, CalculatorError, "too little memory"),
        (1, CalculatorError, "the code 1"),
        (-5, CalculatorError, "the code -5"),
    ],
)
def test_each_code_has_its_error(code: int, kind: type[ZkpipeError], says: str) -> None:
    with pytest.raises(kind, match=says):
        solved(program(init=f"(param i32) (call $exceptionHandler (i32.const {code}))"))


def test_a_program_cannot_go_on_after_it_called_the_handler() -> None:
    """A handler that returned would let it give a witness in spite of its assertion."""
    goes_on = (
        "(param i32 i32 i32) (if (i32.ne (local.get 2) (i32.const -1))"
        " (then (call $exceptionHandler (i32.const 4))))"
        " (call $exceptionHandler (i32.const 6))"
    )
    with pytest.raises(UnsatisfiedError):
        solved(program(setInputSignal=goes_on))


def test_names_of_one_hash_are_not_taken_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calculators, "hashed", lambda name: 7)
    with pytest.raises(InputError, match="has no input"):
        made(program(getInputSize="(result i32) (i32.const 2)")).solve(x=1, y=2)


def test_limits_are_above_nothing() -> None:
    for wrong in ({"seconds": 0.0}, {"seconds": float("nan")}, {"memory": 0}, {"seconds": 1e300}):
        with pytest.raises(RangeError):
            Limits(**wrong)  # type: ignore[arg-type]


def test_a_machine_without_wasmtime_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wasmtime", None)
    with pytest.raises(MissingError, match="wasmtime") as caught:
        WitnessCalculator.load(VECTORS / "shapes.wasm")
    assert "zkpipe[circom]" in caught.value.fix


def test_damaged_programs_are_refused_or_solved_and_nothing_else() -> None:
    """Beginnings, and bytes changed at random: an error of ours, or a witness."""
    whole = (VECTORS / "shapes.wasm").read_bytes()
    inputs = {"a": 1, "list": [1, 2, 3], "grid": [0] * 6, "one": 1}
    draw = random.Random(1818)  # noqa: S311 - test data
    cases = [whole[: draw.randrange(8, len(whole))] for _ in range(20 if not IS_LONG else 500)]
    for _ in range(30 if not IS_LONG else 3000):
        data = bytearray(whole)
        for _ in range(draw.choice([1, 1, 4, 40])):
            data[draw.randrange(8, len(data))] = draw.randrange(256)
        cases.append(bytes(data))
    ended = {"refused": 0, "solved": 0}
    for data in cases:
        try:
            made(data, Limits(2.0, 1 << 26)).solve(**inputs)
            ended["solved"] += 1
        except ZkpipeError:
            ended["refused"] += 1
    assert ended["refused"] > 10


def test_runs_leave_no_memory_behind() -> None:
    """wasmtime would keep the memory of each run until the process ends, and crash there."""
    text = f"""
import resource
from pathlib import Path
from zkpipe.circuits.circom import WitnessCalculator
calculator = WitnessCalculator.load(Path({str(VECTORS / "shapes.wasm")!r}))
def used():
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
for i in range(220):
    calculator.solve(a=i + 20, list=[1, 2, 3], grid=[0] * 6, one=1)
    if i == 20:
        before = used()
print(used() - before)
"""
    ran = subprocess.run(  # noqa: S603 # our own words
        [sys.executable, "-c", text], capture_output=True, text=True, check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stderr
    # a run reserves a megabyte for its two memories at least; the C library may take 72 once, for
    # a thread
    assert int(ran.stdout) < 150 << 20
