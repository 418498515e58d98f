"""Whether the code of a deployment's record is what its sources compile to.

The code says what a contract does and the source what people read: a record in which the two are
not of one contract may show a verifier and run something else.
"""

from __future__ import annotations

from dataclasses import replace

from zkpipe.ground.errors import FormatError
from zkpipe.verifier_contracts.compilers.compiled import CompiledContract
from zkpipe.verifier_contracts.compilers.compiler import compile_again
from zkpipe.verifier_contracts.compilers.solc import find_solc
from zkpipe.verifier_contracts.errors import CompilationError, CompilerMissingError


def is_of_its_source(compiled: CompiledContract) -> bool | None:
    """Compile the sources again, and compare; None if that version of the compiler is not here.

    Raises FormatError if the record's compiler makes something else of its sources.
    """
    try:
        again = compile_again(compiled)
    except CompilerMissingError:
        return None
    except CompilationError as error:
        if not find_solc().version.startswith(compiled.compiler):
            return None
        raise _differ(compiled) from error
    if again is not None and again.compiler != compiled.compiler:
        return None
    if again is None or replace(again, immutables=compiled.immutables) != compiled:
        raise _differ(compiled)
    return True


def _differ(compiled: CompiledContract) -> FormatError:
    return FormatError(
        f"The record is of two contracts: {compiled.name} in its source is not its code.",
        "Restore the record, or deploy the contract again.",
    )
