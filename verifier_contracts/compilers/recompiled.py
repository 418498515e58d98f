"""Whether the code of a deployment's record is what its source compiles to.

The code says what a contract does and the source what people read: a record in which the two are
not of one contract may show a verifier and run something else.
"""

from __future__ import annotations

from zkpipe.ground.errors import FormatError
from zkpipe.verifier_contracts.compilers.compiler import CompiledContract, compile_solidity
from zkpipe.verifier_contracts.compilers.solc import find_solc
from zkpipe.verifier_contracts.errors import CompilationError, CompilerMissingError


def is_of_its_source(compiled: CompiledContract) -> bool | None:
    """Compile the source again, and compare; None if the compiler's version is not on this machine.

    Raises FormatError if the record's compiler makes something else of its source.
    """
    try:
        again = compile_solidity(compiled.source, compiled.settings).get(compiled.name)
    except CompilerMissingError:
        return None
    except CompilationError as error:
        if not find_solc().version.startswith(compiled.compiler):
            return None
        raise _differ(compiled) from error
    if again is not None and again.compiler != compiled.compiler:
        return None
    if again != compiled:
        raise _differ(compiled)
    return True


def _differ(compiled: CompiledContract) -> FormatError:
    return FormatError(
        f"The record is of two contracts: {compiled.name} in its source is not its code.",
        "Restore the record, or deploy the contract again.",
    )
