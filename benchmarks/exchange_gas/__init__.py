"""What each operation on the contracts of an exchange costs in gas: docs/gas.md."""
