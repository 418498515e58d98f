"""What numba knows of a compiled kernel, and its caller must know. This module imports numba."""

from __future__ import annotations

import builtins
import pickle  # noqa: TID251 # of object code, which was trusted when it was read
from typing import Any

from numba.core import types
from numba.core.registry import cpu_target

from zkpipe.accel.compiled.objects.arguments import NUMBERS, named_text, tuple_text
from zkpipe.accel.compiled.objects.index import Raises
from zkpipe.accel.compiled.objects.relocatable import Unlinkable

OURS = "zkpipe."  # begins the modules of types for an address and a length
LETTERS = {"i64": "q", "i32": "i", "i16": "h", "i8": "b"}  # of LLVM's types
RESULTS = dict(zip(NUMBERS, "bhiqBHIQ", strict=True)) | {"bool": "?", "none": ""}


def types_text(arguments: Any) -> str:
    """The types of a kernel's arguments as `arguments.types_text` names them.

    Raises Unlinkable for types that Python's side cannot tell.
    """
    return ", ".join(map(_type_text, arguments))


def _type_text(kind: Any) -> str:
    if type(kind) is types.Array:
        is_number = kind.aligned and str(kind.dtype) in (*NUMBERS, "bool")
        if not is_number and not isinstance(kind.dtype, types.Record):
            raise Unlinkable(f"an argument is an {kind}")
        return str(kind)
    if isinstance(kind, types.Integer | types.Boolean) and str(kind) in (*NUMBERS, "bool"):
        return str(kind)
    if type(kind) in (types.UniTuple, types.Tuple) and len(kind):
        return tuple_text([_type_text(member) for member in kind])
    if isinstance(kind, types.NamedTuple | types.NamedUniTuple) and len(kind):
        return named_text(kind.instance_class, [_type_text(member) for member in kind])
    if not type(kind).__module__.startswith(OURS) or _letters((kind,)) != "qq":
        raise Unlinkable(f"an argument is a {kind}")
    return str(kind)  # it tells all: see accel.fields.type_names


def c_types(arguments: Any) -> str:
    """The C types of a kernel's arguments, taken to pieces. Raises Unlinkable."""
    return _letters(tuple(arguments))


def _letters(kinds: tuple[Any, ...]) -> str:
    flat = cpu_target.target_context.get_arg_packer(kinds).argument_types
    letters = ["P" if kind.is_pointer else LETTERS.get(str(kind)) for kind in flat]
    if None in letters:
        raise Unlinkable(f"an argument is {', '.join(map(str, kinds))}")
    return "".join(filter(None, letters))


def result_letters(kind: Any) -> str:
    """The C type of a result, as `calling` has it. Raises Unlinkable."""
    if type(kind) in (types.UniTuple, types.Tuple) and len(kind):
        members = [result_letters(member) for member in kind]
        if all(members):
            return f"({''.join(members)})"
    if str(kind) not in RESULTS:
        raise Unlinkable(f"its result is {kind}")
    return RESULTS[str(kind)]


def raises(pickled: bytes) -> Raises:
    """What a kernel may raise, as numba has pickled it. Raises Unlinkable if it is not built in."""
    kind, values, *_ = pickle.loads(pickled)  # noqa: S301 # of a file that was trusted
    values = tuple(values or ())
    name = getattr(kind, "__name__", "")
    if not isinstance(kind, type) or getattr(builtins, name, None) is not kind:
        raise Unlinkable(f"it may raise {kind}")
    if not all(isinstance(value, str | int) for value in values):
        raise Unlinkable(f"it may raise {name} with {values}")
    return Raises(name, values)


def processor() -> Any:
    """What numba compiles for now, as it stands in the keys of compiled kernels."""
    return cpu_target.target_context.codegen().magic_tuple()
