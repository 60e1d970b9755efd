"""Load on two servers in turn, so that a machine whose speed drifts slows both: requests/s and their ratio."""

import json
import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection

CONNECTIONS = 8
BLOCK_SECONDS = 2.0
WARM_UP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Target:
    """One route to load.

    Attributes
    ----------
    body
        Makes the body of each request; None for a GET.
    expected
        The status that every answer must have; another one ends the benchmark.
    """

    port: int
    method: str
    path: str
    headers: Mapping[str, str]
    body: Callable[[], object] | None
    expected: int


@dataclass(frozen=True, slots=True)
class Compared:
    """Requests per second of both, block by block, and the ratios of neighbouring blocks."""

    ours: Sequence[float]
    bare: Sequence[float]

    @property
    def ratios(self) -> list[float]:
        """Ours divided by bare, for each pair of blocks."""
        return [a / b for a, b in zip(self.ours, self.bare, strict=True)]

    def line(self, name: str, target: float) -> str:
        """Return the result as one row of a Markdown table."""
        ratio = statistics.median(self.ratios)
        verdict = "yes" if ratio >= target else "NO"
        return (
            f"| {name} | {statistics.median(self.ours):.0f}/s | {statistics.median(self.bare):.0f}/s "
            f"| {ratio:.2f} ({min(self.ratios):.2f} – {max(self.ratios):.2f}) | ≥ {target} | {verdict} |"
        )


def compare(ours: Target, bare: Target, *, blocks: int) -> Compared:
    """Load both in turn, ours and bare, for a number of blocks each; the first seconds do not count."""
    for target in (ours, bare):
        throughput(target, WARM_UP_SECONDS)
    measured = [(throughput(ours, BLOCK_SECONDS), throughput(bare, BLOCK_SECONDS)) for _ in range(blocks)]
    return Compared([pair[0] for pair in measured], [pair[1] for pair in measured])


def throughput(target: Target, seconds: float) -> float:
    """Return the requests per second that a target answers over eight connections that stay open."""
    end, counts, faults = time.monotonic() + seconds, [0] * CONNECTIONS, list[str]()

    def one_connection(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", target.port, timeout=30)
        while time.monotonic() < end and not faults:
            status, answer = _send(connection, target)
            if status != target.expected:
                faults.append(f"{target.path} answered {status}: {answer[:300]!r}")
            counts[number] += 1
        connection.close()

    threads = [threading.Thread(target=one_connection, args=(number,)) for number in range(CONNECTIONS)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(faults[0])
    return sum(counts) / (time.monotonic() - started)


def _send(connection: HTTPConnection, target: Target) -> tuple[int, bytes]:
    body = json.dumps(target.body()) if target.body else None
    headers = {**target.headers, "Content-Type": "application/json"} if body else target.headers
    connection.request(target.method, target.path, body=body, headers=dict(headers))
    answer = connection.getresponse()
    return answer.status, answer.read()
