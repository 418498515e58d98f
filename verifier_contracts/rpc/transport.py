"""JSON-RPC over HTTP within bounds: the size, the time and the form of what a node answers.

What listens at a URL may be anything. A call takes at most SECONDS from connecting to the last
byte (`deadline`), and a body has at most LARGEST bytes; what is compressed, redirected, no strict
JSON or not of its method's form (`answers`) comes from no node. Depth is checked before JSON is
parsed: libraries raise Python's recursion limit, and its reader then overruns the stack of C.

TLS, proxies of the environment and credentials in the URL are as requests has them.
"""

from __future__ import annotations

import re
import time
from http.client import HTTPException
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from urllib3.exceptions import HTTPError
from web3.exceptions import Web3RPCError
from web3.providers import JSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.strict_json import Json, parse_json
from zkpipe.verifier_contracts.errors import NodeMissingError
from zkpipe.verifier_contracts.rpc.answers import has_form
from zkpipe.verifier_contracts.rpc.deadline import deadline, watched_session

SECONDS = 15.0  # of a call, its repetitions included
LARGEST = 1 << 22  # bytes of a body; a block with 10,000 hashes has 700,000
PIECE = 1 << 16
BUSY = (429, 502, 503, 504)  # statuses of who may answer if asked again
PAUSES = (0.25, 0.5, 1.0)  # seconds before asking again
WORD, KEY = 3, 12  # letters of a user or password, of a path or query, that may be a secret
HEADERS = {"Content-Type": "application/json", "Accept-Encoding": "identity"}

START = "Check the URL; or start a node, for instance Foundry's `anvil`."
CERTIFICATE = (
    "Check that the node speaks TLS at this port and that its certificate is valid; "
    "REQUESTS_CA_BUNDLE names a file of further authorities."
)
PROXY = (
    "Check the proxy that HTTP_PROXY, HTTPS_PROXY or ALL_PROXY names; NO_PROXY names exceptions."
)

# Errors of these speak of a contract or a transaction and are raised as NodeRefusal; those of other
# methods go to web3, which knows what each means.
OF_TRANSACTIONS = ("eth_call", "eth_estimateGas", "eth_sendTransaction", "eth_sendRawTransaction")


def public_url(url: str) -> str:
    """A URL without what may be a key in it (user, path and query); no URL if it is none."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "What is given"
    return f"{parts.scheme}://{parts.hostname}{port}" if parts.hostname else "What is given"


class NodeRefusal(Web3RPCError):
    """A node's error in answer to a call or a transaction.

    code, said, data   of JSON-RPC's error object
    """

    def __init__(self, code: int, said: str, data: Json) -> None:
        super().__init__(said)
        self.code, self.said, self.data = code, said, data


class BoundedProvider(JSONBaseProvider):
    """A node's JSON-RPC for web3, within the bounds of the module.

    Its calls raise NodeMissingError if nothing answers, or what answers is no node; NodeRefusal.
    """

    global_ccip_read_enabled = False  # EIP-3668: no URL that a contract names is asked

    def __init__(self, url: str, place: str) -> None:
        """For the node at a URL; place is what errors call it, as the URL may hold a secret."""
        super().__init__()
        self._url, self._place = url, place
        self._session = watched_session()

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """The answer to one question: a result of its method's form, or an error."""
        body = self._asked(self.encode_rpc_request(method, params), "_send" not in method)
        try:
            answer = parse_json(body, f"its answer to {method}", floats=True)
        except FormatError as error:
            raise self._no_node(error.problem.rstrip(".")) from error
        if not isinstance(answer, dict):
            raise self._no_node(f"its answer to {method} is not an object")
        if answer.get("error") is not None:
            self._check_error(answer["error"], method)
        elif not has_form(method, answer.get("result")):
            raise self._no_node(f"its answer to {method} is not of the form that the method has")
        return answer  # type: ignore[return-value] # web3 checks jsonrpc and id

    def _check_error(self, error: Json, method: str) -> None:
        fields = error if isinstance(error, dict) else {}
        code, said = fields.get("code"), fields.get("message")
        if type(code) is not int or not isinstance(said, str):
            raise self._no_node(f"its error in answer to {method} lacks code or message")
        said = fields["message"] = self._without_secrets(said)
        if method in OF_TRANSACTIONS:
            raise NodeRefusal(code, said, fields.get("data"))

    def _without_secrets(self, said: str) -> str:
        """What a node says, should it repeat what may be a key in the URL."""
        parts = urlsplit(self._url)
        keys = [word for word in (parts.username, parts.password) if word and len(word) >= WORD]
        keys += [w for w in re.split("[/&=]", f"{parts.path}&{parts.query}") if len(w) >= KEY]
        for key in keys:
            said = said.replace(unquote(key), "***").replace(key, "***")
        return said

    def _asked(self, question: bytes, may_repeat: bool) -> bytes:
        """The body of the answer; who is busy is asked again if the question may be repeated."""
        pauses = iter(PAUSES if may_repeat else ())
        body = None
        with deadline(SECONDS) as watch:
            try:
                while body is None:
                    with self._post(question) as response:
                        pause = next(pauses, None) if response.status_code in BUSY else None
                        body = self._body(response) if pause is None else None
                    time.sleep(pause or 0)
            except (requests.RequestException, HTTPError, HTTPException, OSError) as error:
                if not watch.is_over:
                    raise self._silent(type(error).__name__, _advice(error)) from error
            if watch.is_over or body is None:  # what was cut off then may look whole
                raise self._no_node(f"no whole answer in {SECONDS:g} seconds")
        return body

    def _post(self, question: bytes) -> requests.Response:
        return self._session.post(
            self._url,
            question,
            headers=HEADERS,
            timeout=SECONDS,
            allow_redirects=False,
            stream=True,
        )

    def _body(self, response: requests.Response) -> bytes:
        """The body, if it is plain and of a size that an answer may have."""
        if 300 <= response.status_code < 400:
            raise self._no_node("it redirects to another place")
        if response.status_code in BUSY:
            raise self._silent(f"HTTP status {response.status_code}")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise self._no_node("it compresses what was asked for as it is")
        body = bytearray()
        for piece in response.iter_content(PIECE):
            body += piece
            if len(body) > LARGEST:
                raise self._no_node(f"an answer of more than {LARGEST:,} bytes")
        if not response.ok and not _is_refusal(bytes(body)):
            raise self._silent(f"HTTP status {response.status_code}")
        return bytes(body)

    def _silent(self, why: str, fix: str = START) -> NodeMissingError:
        return NodeMissingError(f"No node answers: {self._place} ({why}).", fix)

    def _no_node(self, why: str) -> NodeMissingError:
        return NodeMissingError(
            f"What answers is not an Ethereum node: {self._place} ({why}).",
            "Give the URL of a node's JSON-RPC over HTTP.",
        )


def _is_refusal(body: bytes) -> bool:
    """Whether the body of an HTTP error is an error of JSON-RPC, as some nodes send it."""
    try:
        answer = parse_json(body, "its answer", floats=True)
    except FormatError:
        return False
    return (
        isinstance(answer, dict) and isinstance(answer.get("error"), dict) and "jsonrpc" in answer
    )


def _advice(error: Exception) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return CERTIFICATE
    return PROXY if isinstance(error, requests.exceptions.ProxyError) else START
