"""Jobs in files: whole or not there, on the disk before anybody is told, noticed if damaged."""

from __future__ import annotations

import errno
import fcntl
import os
import resource
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.service.serving import Oracle, serving
from zkpipe.ground.files.reading import FileError
from zkpipe.jobs.errors import DamagedError, ServiceError
from zkpipe.jobs.service.job import Form, Request, Result, number_of
from zkpipe.jobs.service.kept.disk import DiskStore
from zkpipe.jobs.service.kept.folder import StateFolder, usual_folder
from zkpipe.jobs.service.scheduler import Scheduler
from zkpipe.jobs.service.settings import Settings
from zkpipe.jobs.service.work import Job

REQUEST = Request("square", Form.INPUTS, b'{"root":12}')
RESULT = Result("square", {"pi_a": ["1"]}, ("144",), "ab", True)


def files(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


@contextmanager
def opened(folder: Path) -> Iterator[DiskStore]:
    store = DiskStore(folder)
    try:
        yield store
    finally:
        store.close()


def number(store: DiskStore, text: bytes = b"1") -> str:
    return number_of(store.secret, Request("square", Form.INPUTS, text), "v")


def test_only_the_user_gets_at_a_state_folder(tmp_path: Path) -> None:
    os.umask(before := os.umask(0))
    try:
        os.umask(0)
        with opened(tmp_path / "a" / "b") as store:
            store.accept(number(store), REQUEST)
            store.tried(number(store), "w")
            store.finish(number(store, b"2"), RESULT)
    finally:
        os.umask(before)
    for path in [tmp_path / "a", *(tmp_path / "a").rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


def test_a_second_service_on_a_folder_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path / "state"), pytest.raises(ServiceError, match="Another service"):
        DiskStore(tmp_path / "state")
    with opened(tmp_path / "state"):
        pass


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(ServiceError, match="holds other things"):
        DiskStore(tmp_path)
    assert files(tmp_path) <= {"thesis.tex", "lock"}


def test_a_folder_that_others_can_write_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state").chmod(0o777)
    with pytest.raises(ServiceError, match="can be written to by others"):
        DiskStore(tmp_path / "state")


def test_an_empty_folder_of_the_users_is_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state").chmod(0o755)
    with opened(tmp_path / "state"):
        assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_another_secret_is_refused(tmp_path: Path, content: bytes) -> None:
    with opened(tmp_path / "state"):
        pass
    (tmp_path / "state" / "secret").write_bytes(content)
    with pytest.raises(ServiceError, match="is not as the service has made it"):
        DiskStore(tmp_path / "state")


def test_each_folder_of_keys_has_a_state_folder(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    assert len({usual_folder(folder) for folder in folders}) == 2
    assert usual_folder(tmp_path / "a") == usual_folder(tmp_path / "b" / ".." / "a")


def test_what_was_accepted_is_there_after_a_restart_in_order(tmp_path: Path) -> None:
    with opened(tmp_path / "state") as store:
        numbers = [number(store, b"%d" % n) for n in range(20)]
        for n, one in enumerate(numbers):
            store.accept(one, Request("square", Form.WITNESS, b"%d\n\0" % n))
        store.tried(numbers[3], "w")
        store.tried(numbers[3], "m")
        store.finish(numbers[0], RESULT)
        store.forget(numbers[1])
    with opened(tmp_path / "state") as store:
        waiting = store.waiting()
        assert [one.number for one in waiting] == numbers[2:]
        assert [one.tries for one in waiting[:3]] == ["", "wm", ""]
        assert store.request(numbers[2]) == Request("square", Form.WITNESS, b"2\n\0")
        assert store.result(numbers[0]) == RESULT
        assert store.result(numbers[1]) is None


def test_what_was_half_done_when_it_was_killed_is_put_right(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with opened(state) as store:
        done, waits, lost = (number(store, text) for text in (b"1", b"2", b"3"))
        store.accept(done, REQUEST)
        inputs = (state / "queued" / done).read_bytes()
        store.finish(done, RESULT)
        store.accept(waits, REQUEST)
    (state / "queued" / done).write_bytes(inputs)  # killed before it was unlinked
    (state / "queued" / f".{lost}.0123456789abcdef.part").write_bytes(inputs[:10])
    (state / "results" / f".{lost}.0123456789abcdef.part").write_bytes(b"")
    (state / "tries" / lost).write_bytes(b"w")
    with opened(state) as store:
        assert [one.number for one in store.waiting()] == [waits]
    assert files(state) == {"lock", "secret", f"results/{done}", f"queued/{waits}"}


@pytest.mark.parametrize("place", [0, 5, 40, -1, -33])
def test_a_changed_byte_is_noticed(tmp_path: Path, place: int) -> None:
    state = tmp_path / "state"
    with opened(state) as store:
        done, waits = number(store, b"1"), number(store, b"2")
        store.finish(done, RESULT)
        store.accept(waits, REQUEST)
    for path in (state / "results" / done, state / "queued" / waits):
        data = bytearray(path.read_bytes())
        data[place] ^= 1
        path.write_bytes(data)
    with opened(state) as store:
        with pytest.raises(DamagedError):
            store.result(done)
        assert store.waiting() == []
        found = store.result(waits)
        assert found is not None
        assert found.problem is not None
        assert "damaged" in found.problem
        assert not (state / "queued" / waits).exists()


def test_a_result_in_anothers_place_is_noticed(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with opened(state) as store:
        one, two = number(store, b"1"), number(store, b"2")
        store.finish(one, RESULT)
        (state / "results" / two).write_bytes((state / "results" / one).read_bytes())
        (state / "queued" / two).write_bytes((state / "results" / one).read_bytes())
        with pytest.raises(DamagedError):
            store.result(two)
        with pytest.raises(DamagedError):
            store.request(two)


def test_a_damaged_result_whose_inputs_are_there_is_made_anew(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with opened(state) as store:
        one = number(store)
        store.accept(one, REQUEST)
        (state / "results" / one).write_bytes(b"junk")
        assert [waiting.number for waiting in store.waiting()] == [one]
        assert store.result(one) is None


@pytest.mark.parametrize("name", ["../secret", "x", "", "A" * 64, "0" * 63 + "/", "0" * 63 + "\0"])
def test_only_numbers_become_names_of_files(tmp_path: Path, name: str) -> None:
    with opened(tmp_path / "state") as store:
        for call in (
            lambda: store.accept(name, REQUEST),
            lambda: store.finish(name, RESULT),
            lambda: store.result(name),
            lambda: store.request(name),
            lambda: store.forget(name),
            lambda: store.tried(name, "w"),
        ):
            with pytest.raises(ValueError):  # noqa: PT011 # it has no text
                call()


def test_old_results_are_swept_and_young_ones_stay(tmp_path: Path) -> None:
    with opened(tmp_path / "state") as store:
        old, young = number(store, b"1"), number(store, b"2")
        store.finish(old, RESULT)
        store.finish(young, RESULT)
        os.utime(tmp_path / "state" / "results" / old, (1, 1))
        store.sweep(time.time() - 100)
        assert store.result(old) is None
        assert store.result(young) == RESULT
        assert store.results() == 1


class Disk:
    """The disk's calls, of which one fails."""

    def __init__(self, patch: pytest.MonkeyPatch, failure: int) -> None:
        self.count, self.at = 0, 0
        self._failure = failure
        for module, name in ((os, "open"), (os, "write"), (os, "fsync"), (os, "close")):
            patch.setattr(module, name, self._watched(getattr(module, name)))
        for name in ("replace", "unlink", "mkdir", "rename"):
            patch.setattr(Path, name, self._watched(getattr(Path, name)))
        real = os.fdopen

        def fdopen(handle: int, *words: Any, **named: Any) -> Any:
            file = real(handle, *words, **named)
            return _File(file, self) if "w" in str(words[:1]) else file

        patch.setattr(os, "fdopen", fdopen)

    def step(self) -> None:
        self.count += 1
        if self.count == self.at:
            raise OSError(self._failure, os.strerror(self._failure))

    def _watched(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*words: Any, **named: Any) -> Any:
            self.step()
            return call(*words, **named)

        return watched


class _File:
    """A file whose writes are steps of a disk."""

    def __init__(self, file: Any, disk: Disk) -> None:
        self._file, self._disk = file, disk

    def write(self, data: bytes) -> int:
        self._disk.step()
        return int(self._file.write(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *words: object) -> None:
        self._file.close()


@pytest.mark.parametrize("failure", [errno.ENOSPC, errno.EIO, errno.EMFILE])
def test_wherever_the_disk_fails_a_job_is_accepted_whole_or_not_at_all(
    tmp_path: Path, failure: int
) -> None:
    points = 0
    for at in range(1, 100):
        state = tmp_path / str(at)
        with opened(state) as store:
            one = number(store)
            with pytest.MonkeyPatch.context() as patch:
                disk = Disk(patch, failure)
                disk.at = at
                try:
                    store.accept(one, REQUEST)
                    is_accepted, said = True, os.strerror(failure)
                except FileError as error:
                    is_accepted, said = False, error.problem
            assert os.strerror(failure) in said
            store.sweep(0)  # what could not be removed while the disk failed
        with opened(state) as store:
            assert [w.number for w in store.waiting()] == ([one] if is_accepted else [])
        wanted = {"lock", "secret"} | ({f"queued/{one}"} if is_accepted else set())
        assert files(state) == wanted, at
        if is_accepted and disk.count < at:
            break
        points += 1
    assert points >= 5


@pytest.mark.parametrize("failure", [errno.ENOSPC, errno.EIO])
def test_wherever_the_disk_fails_a_job_is_finished_or_its_inputs_are_there(
    tmp_path: Path, failure: int
) -> None:
    points = 0
    for at in range(1, 100):
        state = tmp_path / str(at)
        with opened(state) as store:
            one = number(store)
            store.accept(one, REQUEST)
            with pytest.MonkeyPatch.context() as patch:
                disk = Disk(patch, failure)
                disk.at = at
                try:
                    store.finish(one, RESULT)
                    is_finished = True
                except FileError:
                    is_finished = False
        with opened(state) as store:
            waiting = store.waiting()
            found = store.result(one)
            assert found in (RESULT, None)
            assert bool(waiting) == (found is None)
            assert not (is_finished and found is None)
            assert (state / "queued" / one).exists() == (found is None)
        if is_finished and disk.count < at:
            break
        points += 1
    assert points >= 5


def test_a_result_that_cannot_be_stored_is_stored_later_and_told_then(tmp_path: Path) -> None:
    with opened(tmp_path / "state") as store:
        told: list[str] = []
        queue = Scheduler(store, Settings(tmp_path), lambda job, what: told.append(what))
        one = number(store)
        assert queue.submit(one, REQUEST)
        job = queue.take(0, holds=False)
        assert isinstance(job, Job)
        with pytest.MonkeyPatch.context() as patch:
            disk = Disk(patch, errno.ENOSPC)
            disk.at = 1
            finishing = threading.Thread(target=queue.finish, args=(job, RESULT, 0.1))
            finishing.start()
            until = time.monotonic() + 5
            while not told:
                assert time.monotonic() < until
                time.sleep(0.01)
            assert told[0].startswith("not stored")
            assert queue.state(one) is not None
            finishing.join()
        assert told[1:] == ["done"]
        assert queue.state(one) is None
        assert store.result(one) == RESULT


def test_a_full_disk_is_named_and_nothing_is_accepted(
    all_keys: Path, tmp_path: Path, oracle: Oracle
) -> None:
    """The system refuses files of more than 4000 bytes, as a full disk would."""
    with serving(all_keys, tmp_path) as found:
        found.end()

        def small() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))

        found.start(preexec_fn=small)
        large = {"root": 3, **{f"x{n}": 1 for n in range(2000)}}
        assert "disk" in found.post("square", large).refused(507)
        state = tmp_path / "state"
        assert not list((state / "queued").iterdir())
        oracle.check(found.wait(found.submit("square", {"root": 3})), "square", {"root": 3})


def test_the_lock_is_given_back_by_kill(all_keys: Path, tmp_path: Path) -> None:
    with serving(all_keys, tmp_path) as found:
        with pytest.raises(ServiceError, match="Another service"):
            StateFolder(tmp_path / "state")
        found.kill()
        with (tmp_path / "state" / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.parametrize("part", ["queued", "tries", "results"])
def test_a_part_of_the_folder_that_is_a_link_or_open_to_others_is_refused(
    tmp_path: Path, part: str
) -> None:
    with opened(tmp_path / "state"):
        pass
    place = tmp_path / "state" / part
    place.chmod(0o777)
    with pytest.raises(ServiceError, match="not as the service has made it"):
        DiskStore(tmp_path / "state")
    place.chmod(0o700)
    place.rename(tmp_path / part)
    place.symlink_to(tmp_path / part)
    with pytest.raises(ServiceError, match="not as the service has made it"):
        DiskStore(tmp_path / "state")


def test_a_planted_pipe_or_link_is_a_failed_job_that_names_no_file(tmp_path: Path) -> None:
    with opened(tmp_path / "state") as store:
        pipe, link = number(store, b"1"), number(store, b"2")
    os.mkfifo(tmp_path / "state" / "queued" / pipe)
    (tmp_path / "state" / "queued" / link).symlink_to("/etc/passwd")
    with opened(tmp_path / "state") as store:
        assert store.waiting() == []
        for one in (pipe, link):
            told = store.result(one)
            assert told is not None
            assert told.problem
            assert str(tmp_path) not in told.problem + str(told.fix)
