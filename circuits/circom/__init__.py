"""Witnesses from the programs that circom compiles.

calculator  a program that is checked, and its witnesses
run         one run of a program, in a memory that is new
interface   what circom's programs export and import
failures    what is told of a program that gives no witness
inputs      INPUT.json as circom reads it
sandbox     WebAssembly with nothing around it, bounded in time and memory
"""

from zkpipe.circuits.circom.calculator import WitnessCalculator
from zkpipe.circuits.circom.sandbox import Limits

__all__ = ["Limits", "WitnessCalculator"]
