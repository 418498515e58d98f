"""What is taken where nobody sets it."""

from __future__ import annotations

from pathlib import Path

from zkpipe.ground.process.memory_limits import cgroup_limits


def test_the_limits_of_a_unit_and_of_its_slice_count(tmp_path: Path) -> None:
    root, own = tmp_path / "cgroup", tmp_path / "own"
    unit = root / "system.slice" / "zkpipe.service"
    unit.mkdir(parents=True)
    (tmp_path / "memory.max").write_text("1\n")  # not below the root
    (unit / "memory.max").write_text("17179869184\n")
    (unit.parent / "memory.max").write_text("max\n")
    own.write_text("1:cpu:/other\n0::/system.slice/zkpipe.service\n")
    assert cgroup_limits(root, own) == [17179869184]
    (unit.parent / "memory.max").write_text("4096\n")
    assert cgroup_limits(root, own) == [17179869184, 4096]


def test_the_limit_of_a_container_counts(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("4096\n")
    (tmp_path / "own").write_text("0::/\n")
    assert cgroup_limits(tmp_path, tmp_path / "own") == [4096]
    assert cgroup_limits(tmp_path, tmp_path / "none") == [4096]
    assert cgroup_limits(tmp_path / "none", tmp_path / "own") == []
