"""What NVIDIA's assembler makes of the kernels: instructions, registers, spills.

    python -m tests.accel.cuda.assembler      prints the table of docs/gpu.md

ptxas and nvdisasm are taken from the path or from NVIDIA's packages on PyPI, nvidia-cuda-nvcc and
nvidia-cuda-nvdisasm. No card is needed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zkpipe.accel.cuda.kernels.all_kernels import Compiled, all_kernels

ARCHITECTURES = ("sm_80", "sm_90", "sm_120")
_INSTRUCTION = re.compile(r"^\s+/\*[0-9a-f]{4,}\*/\s+(?:@!?U?P\w+\s+)?([A-Z][A-Z0-9_.]+)", re.M)


@dataclass(frozen=True, slots=True)
class Row:
    """A kernel as it is assembled.

    instructions, wide  on sm_90; `wide` are multiplications of 32 bits by 32 to 64; None if they
                        are not known
    registers           of a thread, for each architecture
    spilled             bytes of a thread, the most of any
    """

    name: str
    instructions: int | None
    wide: int | None
    registers: tuple[int, ...]
    spilled: int

    def line(self) -> str:
        """As a line of the table."""
        registers = " / ".join(map(str, self.registers))
        spilled = f"{self.spilled} bytes" if self.spilled else "none"
        return f"| {self.name} | {self.instructions:,} | {self.wide:,} | {registers} | {spilled} |"


def tool(name: str) -> Path | None:
    """Where one of NVIDIA's programs is, if it is anywhere."""
    for folder in sys.path:
        for path in Path(folder or ".").glob(f"nvidia/cu1*/bin/{name}"):
            return path
    found = shutil.which(name)
    return Path(found) if found else None


def named(kernel: Compiled) -> str:
    """As the table has it."""
    return f"`{kernel.kernel.name}`" + (f" in {kernel.group}" if kernel.group else "")


def assembled(kernel: Compiled) -> Row:
    """The kernel for every architecture. Raises CalledProcessError if ptxas refuses it."""
    ptxas, nvdisasm = tool("ptxas"), tool("nvdisasm")
    registers, spilled, listed = [], 0, None
    with tempfile.TemporaryDirectory() as folder:
        text, binary = Path(folder, "kernel.ptx"), Path(folder, "kernel.cubin")
        text.write_text(kernel.ptx)
        for architecture in ARCHITECTURES:
            said = subprocess.run(  # noqa: S603 # NVIDIA's program, our text
                [ptxas, "-v", f"-arch={architecture}", text, "-o", binary],
                capture_output=True, text=True, check=True,
            ).stderr  # fmt: skip
            registers.append(int(re.search(r"Used (\d+) registers", said)[1]))
            spilled = max(spilled, int(re.search(r"(\d+) bytes spill stores", said)[1]))
            if architecture == "sm_90" and nvdisasm:
                shown = subprocess.run(  # noqa: S603 # the same
                    [nvdisasm, "-c", binary], capture_output=True, text=True, check=True
                ).stdout
                listed = _INSTRUCTION.findall(shown)
    return Row(
        named(kernel),
        len(listed) if listed else None,
        sum("WIDE" in name for name in listed) if listed else None,
        tuple(registers),
        spilled,
    )


def table(text: str) -> Iterator[Row]:
    """The rows of the table in a page."""
    pattern = r"^\| (`\w+`[^|]*) \| ([\d,]+) \| ([\d,]+) \| (\d+) / (\d+) / (\d+) \| (\w+)"
    for name, instructions, wide, *registers, spilled in re.findall(pattern, text, re.M):
        count, products = (int(n.replace(",", "")) for n in (instructions, wide))
        bytes_ = 0 if spilled == "none" else int(spilled)
        yield Row(name, count, products, tuple(map(int, registers)), bytes_)


if __name__ == "__main__":
    for compiled in all_kernels():
        sys.stdout.write(assembled(compiled).line() + "\n")
