"""What a rerun of each page costs the server, and how long many visitors wait: `python -m tests.benchmarks.load`.

Plain websocket clients on loopback speak to a dashboard as browsers do: they open a page, then have it run again, as a click would.
CPU is the server's own, that of the models' process aside. Prints CPU milliseconds a rerun for each page, one visitor alone, then
for each number of visitors on all pages, with a pause between their reruns, the middle and the 95th percentile of the wait.
"""

import argparse
import asyncio
import random
import shutil
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from models import saved_directory
from tests.browser import driver
from training import background
from training.recipes import FIRST

WARM, MEASURED = 3, 10  # reruns of a page before it is measured, and measured
ARRIVAL = 0.25  # seconds between two visitors who come: each has two pages run anew, whole


class Visitor:
    """A browser without a screen: one websocket, the state of one page."""

    def __init__(self, address: str):
        self.address, self.hashes, self.known, self.page, self.failed = address, {}, set(), "", 0

    async def __aenter__(self) -> "Visitor":
        address = self.address.replace("http://", "ws://") + "/_stcore/stream"
        self.socket = await websockets.connect(address, subprotocols=["streamlit"], max_size=None, compression=None)
        await self.run()
        return self

    async def __aexit__(self, *_) -> None:
        await self.socket.close()

    async def run(self, page: str | None = None) -> float:
        """Have a page run, the one that is open by default; "" is home. Gives the seconds until it is whole."""
        message = BackMsg()
        state = message.rerun_script
        self.page = self.page if page is None else page
        path, _, query = self.page.partition("?")
        state.query_string, state.page_script_hash = query, self.hashes.get(path, "")
        state.context_info.timezone, state.context_info.url = "UTC", f"{self.address}/{self.page}"
        state.cached_message_hashes.extend(self.known)
        started = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        while True:
            found = ForwardMsg()
            found.ParseFromString(await self.socket.recv())
            kind = found.WhichOneof("type")
            if found.metadata.cacheable and found.hash:
                self.known.add(found.hash)
            if kind == "navigation":
                self.hashes |= {one.url_pathname: one.page_script_hash for one in found.navigation.app_pages}
            elif kind == "delta" and found.delta.new_element.WhichOneof("type") == "exception":
                self.failed += 1
            elif kind == "script_finished":
                return time.perf_counter() - started


async def alone(address: str, server: psutil.Process) -> dict[str, float]:
    """CPU milliseconds a rerun, by page and part of one, one visitor alone."""
    found = {}
    for page in driver.PAGES:
        async with Visitor(address) as visitor:
            for _ in range(WARM):
                await visitor.run(page)
            before = sum(server.cpu_times()[:2])
            for _ in range(MEASURED):
                await visitor.run()
            found[page] = 1000 * (sum(server.cpu_times()[:2]) - before) / MEASURED
            assert not visitor.failed, page
    return found


async def together(address: str, visitors: int, seconds: float, pause: float) -> tuple[list[float], int]:
    """The waits in seconds of so many visitors, each on a page of its own, once all have come, and how many reruns failed."""
    arriving = ARRIVAL * visitors
    waits, failed, over = [], 0, time.monotonic() + arriving + pause + seconds

    async def visit(number: int) -> None:
        nonlocal failed
        await asyncio.sleep(random.Random(number).uniform(0, arriving))
        async with Visitor(address) as visitor:
            await visitor.run(driver.PAGES[number % len(driver.PAGES)])
            while time.monotonic() < over:
                await asyncio.sleep(random.uniform(0.5, 1.5) * pause)
                begun = time.monotonic()
                wait = await visitor.run()
                if begun > over - seconds:
                    waits.append(wait)
            failed += visitor.failed

    await asyncio.gather(*(visit(number) for number in range(visitors)))
    return waits, failed


def main() -> None:
    """Start a dashboard, measure it and print the table."""
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument(
        "--visitors", type=int, nargs="*", default=[50, 200], help="how many at once, one after the other"
    )
    flags.add_argument("--seconds", type=float, default=40, help="how long each number of visitors is measured")
    flags.add_argument("--pause", type=float, default=5, help="seconds between the reruns of a visitor, on average")
    flags.add_argument(
        "--training", action="store_true", help="instead of each page alone: visitors while a network trains"
    )
    asked = flags.parse_args()
    with TemporaryDirectory() as folder:
        if asked.training:
            _while_training(Path(folder), asked)
        else:
            _each_page(Path(folder), asked)


def _while_training(folder: Path, asked: argparse.Namespace) -> None:
    """Print the waits of visitors on a quiet server, and while a training goes on in the background."""
    shelf = folder / "saved"
    shutil.copytree(saved_directory(), shelf)
    with driver.server(folder / "log", MNIST_ATELIER_MODELS=str(shelf)) as address:
        for told in ("quiet", "training"):
            started = told == "training" and background.start([FIRST.model_copy(update={"epochs": 10_000})], shelf)
            time.sleep(15 if started else 0)
            for visitors in asked.visitors:
                waits, failed = asyncio.run(together(address, visitors, asked.seconds, asked.pause))
                late = 1000 * statistics.quantiles(waits, n=20)[-1]
                middle = 1000 * statistics.median(waits)
                print(
                    f"{told}, {visitors} visitors: p50 {middle:.0f} ms, p95 {late:.0f} ms, {len(waits)} reruns, {failed} errors"
                )
            for name in started or ():
                background.stop(name, background.DISCARD, shelf)
        time.sleep(5)


def _each_page(folder: Path, asked: argparse.Namespace) -> None:
    """Print what each page costs, and the waits of visitors."""
    with driver.server(folder / "log") as address:
        port = int(address.rpartition(":")[2])
        server = next(
            psutil.Process(one.pid)
            for one in psutil.net_connections()
            if one.laddr and one.laddr.port == port and one.status == "LISTEN"
        )
        found = asyncio.run(alone(address, server))
        print("page                                 CPU ms a rerun")
        for page, cost in found.items():
            print(f"{page or 'home':<36} {cost:14.1f}")
        costs = sorted(found.values())
        print(f"{'median':<36} {statistics.median(costs):14.1f}\n{'heaviest':<36} {costs[-1]:14.1f}")
        print(f"memory {server.memory_info().rss / 1e6:.0f} MB")
        for visitors in asked.visitors:
            waits, failed = asyncio.run(together(address, visitors, asked.seconds, asked.pause))
            cuts = statistics.quantiles(waits, n=20)
            print(
                f"{visitors} visitors, {asked.pause:g} s between reruns: p50 {1000 * statistics.median(waits):.0f} ms, "
                f"p95 {1000 * cuts[-1]:.0f} ms, {len(waits)} reruns, {failed} errors, {server.memory_info().rss / 1e6:.0f} MB"
            )


if __name__ == "__main__":
    main()
