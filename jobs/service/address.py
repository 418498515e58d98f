"""Where the service listens, and with which token."""

from __future__ import annotations

import ipaddress
import re
import socket
import stat
from dataclasses import dataclass
from pathlib import Path

from zkpipe.ground.files.ownership import objection, read_trusted
from zkpipe.ground.files.reading import file_failure
from zkpipe.jobs.errors import ServiceError

SHORTEST = 32  # characters of a token
TOKEN = re.compile(rb"[\x21-\x7e]+")
BACKLOG = 1024


@dataclass(frozen=True, slots=True)
class Address:
    """A socket that listens.

    url          as a client of this machine writes it
    is_loopback  whether only this machine reaches it
    """

    socket: socket.socket
    url: str
    is_loopback: bool


def listening(host: str, port: int, *, has_token: bool) -> Address:
    """Listen at an address, the first that a name stands for.

    Raises ServiceError if it cannot, or if others can reach it and there is no token.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise ServiceError(
            f"{host[:100]!a} is not an address of this machine.", "Give --host 127.0.0.1."
        ) from error
    family, kind, protocol, _, place = found[0]
    is_loopback = ipaddress.ip_address(str(place[0]).partition("%")[0]).is_loopback
    if not (is_loopback or has_token):
        raise ServiceError(
            f"Others than this machine reach {host}, and there is no token.",
            "Give --token-file FILE, or listen on 127.0.0.1.",
        )
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(place)
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        raise ServiceError(
            f"{host} port {port} cannot be listened on: {error.strerror}.",
            "Give another --port, or end what uses it.",
        ) from error
    name, number = made.getsockname()[:2]
    shown = f"[{name}]" if family == socket.AF_INET6 else name
    return Address(made, f"http://{shown}:{number}", is_loopback)


def read_token(path: Path) -> bytes:
    """The token of a file that its owner alone can read. Raises FileError, ServiceError."""
    try:
        why = objection(path)
        data = read_trusted(path)
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        raise file_failure("read", path, error) from error
    if why is None and mode & 0o077:
        why = f"others can read it, its mode is {mode:04o}"
    if why is not None:
        raise ServiceError(f"{path} is no place for a token: {why}.", f"chmod 600 {path}")
    token = data.strip(b"\r\n")
    if len(token) < SHORTEST or TOKEN.fullmatch(token) is None:
        raise ServiceError(
            f"{path} does not hold a token: one line of {SHORTEST} or more letters, digits and "
            "signs, without spaces.",
            "Make one: openssl rand -hex 32",
        )
    return token
