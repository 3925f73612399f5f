"""A closed loop of clients over HTTP: each has one request under way and keeps what it measured."""

import html
import http.client
import random
import re
import statistics
import threading
import time
import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes
    location: str = ""


@dataclass(frozen=True)
class Request:
    """One request; `check` tells whether the answer is what a person would call right."""

    method: str
    path: str
    data: Mapping[str, str] | None = None
    check: Callable[[Answer], bool] = lambda answer: answer.status == 200


Make = Callable[[random.Random], Request]


@dataclass(frozen=True)
class Measured:
    """Milliseconds, requests per second, wrong answers, and bytes of the last page."""

    requests: int
    median_ms: float
    p99_ms: float
    per_second: float
    wrong: int
    size: int
    example: str = ""


class Client:
    """A browser: cookies, keep-alive where the server allows it."""

    def __init__(self, port: int, cookies: Mapping[str, str] | None = None) -> None:
        self.port, self.cookies = port, dict(cookies or {})
        self.connection: http.client.HTTPConnection | None = None

    def send(self, request: Request) -> Answer:
        """Send one request; a connection that the server has closed meanwhile is opened again."""
        body = urllib.parse.urlencode(request.data) if request.data is not None else None
        for last in (False, True):
            try:
                return self._once(request, body)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.connection = None
                if last or request.method != "GET":
                    raise
        raise AssertionError("unreachable")

    def get(self, path: str) -> Answer:
        """A page."""
        return self.send(Request("GET", path))

    def _once(self, request: Request, body: str | None) -> Answer:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://127.0.0.1:{self.port}{request.path}"
        self.connection.request(request.method, request.path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        if response.will_close:
            self.connection.close()
            self.connection = None
        return Answer(response.status, content, response.headers.get("Location", ""))


_TAG = re.compile(r"<(input|textarea|select|option|button)\b([^>]*)>([^<]*)")
_ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')


def fields(page: bytes) -> dict[str, str]:
    """What a browser would send of the inputs on a page: values, ticks, chosen options."""
    found: dict[str, str] = {}
    select, first = "", True
    for tag, attributes, text in _TAG.findall(page.decode()):
        given = {k: html.unescape(v) for k, v in _ATTRIBUTE.findall(attributes)}
        name = given.get("name", "")
        if tag == "select":
            select, first = name, True
        elif tag == "option" and select and (first or "selected" in given):
            found[select] = given.get("value", html.unescape(text).strip())
            first = False
        elif tag == "textarea" and name:
            found[name] = html.unescape(text).strip()
        elif tag == "input" and name and _sent(given):
            found[name] = given.get("value", "on" if given.get("type") == "checkbox" else "")
    return found


def _sent(given: Mapping[str, str]) -> bool:
    if "disabled" in given or given.get("type") in ("submit", "button", "file", "image"):
        return False
    return given.get("type") not in ("checkbox", "radio") or "checked" in given


def sign_in(port: int, path: str, username: str, password: str) -> Client:
    """A client signed in by the form, token and all."""
    client = Client(port)
    form = fields(client.get(path).body) | {"username": username, "password": password}
    answer = client.send(Request("POST", path, form))
    if answer.status not in (302, 303) or "login" in answer.location:
        raise SystemExit(f"{username} could not sign in at {path}: {answer.status}")
    return client


@dataclass
class _Tally:
    seconds: list[float] = field(default_factory=list)
    wrong: int = 0
    size: int = 0
    example: str = ""


@dataclass(frozen=True)
class Sample:
    """What one stretch of driving gave: seconds of each request, and of the whole stretch."""

    seconds: tuple[float, ...]
    elapsed: float
    wrong: int
    size: int
    example: str


def drive(base: Client, make: Make, seconds: float, clients: int, seed: object = 0) -> Sample:
    """Let `clients` work for `seconds`; requests under way at the end are finished and counted."""
    start = time.perf_counter()
    tallies = [_Tally() for _ in range(clients)]
    threads = [
        threading.Thread(
            target=_work, args=(base, make, start + seconds, tally, random.Random(f"{seed}/{i}"))
        )
        for i, tally in enumerate(tallies)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Sample(
        seconds=tuple(s for tally in tallies for s in tally.seconds),
        elapsed=time.perf_counter() - start,
        wrong=sum(tally.wrong for tally in tallies),
        size=max(tally.size for tally in tallies),
        example=next((t.example for t in tallies if t.example), ""),
    )


def together(samples: Sequence[Sample]) -> Measured:
    """The figures of all stretches of one scenario."""
    times = sorted(s for sample in samples for s in sample.seconds)
    return Measured(
        requests=len(times),
        median_ms=statistics.median(times) * 1000,
        p99_ms=times[min(len(times) - 1, int(len(times) * 0.99))] * 1000,
        per_second=len(times) / sum(sample.elapsed for sample in samples),
        wrong=sum(sample.wrong for sample in samples),
        size=max(sample.size for sample in samples),
        example=next((s.example for s in samples if s.example), ""),
    )


def _work(base: Client, make: Make, end: float, tally: _Tally, dice: random.Random) -> None:
    client = Client(base.port, base.cookies)
    while not tally.seconds or time.perf_counter() < end:
        request = make(dice)
        start = time.perf_counter()
        answer = client.send(request)
        tally.seconds.append(time.perf_counter() - start)
        tally.size = len(answer.body)
        if not request.check(answer):
            tally.wrong += 1
            tally.example = f"{answer.status} {request.path} {answer.location}"
