"""Witnesses from the programs that circom compiles: see `calculator.WitnessCalculator`."""
