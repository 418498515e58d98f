"""What to write instead of an attribute that circuits, components and their systems do not have.

Newcomers look for one object that does everything: circuit.solve(...), system.prove(...).
"""

from __future__ import annotations

from collections.abc import Mapping

_PROVED = "zkpipe.prove(proving_key, {witness})"
_VERIFIED = "zkpipe.verify(verifying_key, proof, public)"
_KEYS = "zkpipe.setup({system}, source)"
_OF_SYSTEMS = (
    *("solve", "check", "save", "digest", "public_names", "public_count", "constraint_count"),
    *("identity", "wire_count", "input_wires", "output_count", "symbols", "warnings"),
)
_OF_CIRCUITS: Mapping[str, str] = {
    **{name: f"{{x}}.compile().{name}" for name in _OF_SYSTEMS},
    "witness": "{x}.compile().solve(...)",
    "public": "{x}.compile().solve(...).public",
    "prove": _PROVED.format(witness="{x}.compile().solve(...)"),
    "verify": _VERIFIED,
    "setup": _KEYS.format(system="{x}.compile()"),
    "load": "ConstraintSystem.load(path)",
    "run": "{x}(...)",
}
_OF_COMPILED: Mapping[str, str] = {
    "witness": "system.solve(...)",
    "public": "system.solve(...).public",
    "prove": _PROVED.format(witness="system.solve(...)"),
    "verify": _VERIFIED,
    "setup": _KEYS.format(system="system"),
}


def of_circuit(circuit: object, name: str, x: str) -> AttributeError:
    """The error for an attribute of a circuit, whose name is x."""
    return _missing(circuit, name, f"the circuit {x}", _written(_OF_CIRCUITS, name, x))


def of_component(component: object, name: str, x: str) -> AttributeError:
    """The error for an attribute of a component, whose name is x."""
    is_circuits = name in _OF_CIRCUITS or name in ("compile", "trace")
    fix = f"Call {x} in a function under @circuit, and compile that." if is_circuits else ""
    return _missing(component, name, f"the component {x}", fix)


def of_system(system: object, name: str) -> AttributeError:
    """The error for an attribute of a constraint system."""
    fix = _written(_OF_COMPILED, name, "")
    if name in ("compile", "trace"):
        fix = "Leave it out: a constraint system is what a circuit was compiled to."
    return _missing(system, name, "a constraint system", fix)


def _written(known: Mapping[str, str], name: str, x: str) -> str:
    return f"Write {known[name].format(x=x)}." if name in known else ""


def _missing(owner: object, name: str, whose: str, fix: str) -> AttributeError:
    said = f"{whose[0].upper()}{whose[1:]} has no attribute `{name}`. {fix}".rstrip()
    return AttributeError(said, name=name, obj=owner)
