"""How often the maps on the page Inside follow the pen: python -m tests.benchmarks.inside [QUERY ...], such as run=cnn-large

The pen moves every 8 milliseconds for 4 seconds, by events of the page itself, in headless Chromium. Prints for each address how
often in a second the maps were drawn anew, and the milliseconds from a move of the pen to the maps, their middle and their 95th
percentile.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import driver

SHOWN = ("run=canvas", "run=canvas&layer=2&unit=3", "run=cnn-large", "run=mlp-800")
SECONDS = 4
MOVE = """async ([x, y, seconds]) => {
  const shadows = [...document.querySelectorAll(".st-key-pad *")].map((host) => host.shadowRoot).filter(Boolean);
  const canvas = shadows.map((root) => root.querySelector("canvas.upper-canvas")).find(Boolean);
  const send = (kind, clientX, clientY) => {
    const same = { clientX, clientY, bubbles: true, composed: true, cancelable: true, buttons: kind === "up" ? 0 : 1 };
    canvas.dispatchEvent(new PointerEvent(`pointer${kind}`, { ...same, isPrimary: true, pointerType: "mouse" }));
    canvas.dispatchEvent(new MouseEvent(`mouse${kind}`, same));
  };
  performance.clearMeasures();
  send("down", x, y);
  const began = performance.now();
  for (let n = 1; performance.now() - began < 1000 * seconds; n++) {
    send("move", x + (90 * Math.cos(n / 40) * (n % 400)) / 400, y + 90 * Math.sin(n / 40));
    await new Promise((done) => setTimeout(done, 8));
  }
  const took = (performance.now() - began) / 1000;
  const delays = performance.getEntriesByName("live layers").map((entry) => entry.duration).sort((a, b) => a - b);
  send("up", x, y);
  return [delays.length / took, delays[Math.floor(delays.length / 2)], delays[Math.floor(delays.length * 0.95)]];
}"""


def main(queries: list[str]) -> None:
    """Print a line for each address of the page."""
    with driver.server(Path(tempfile.mkdtemp()) / "log") as address, sync_playwright() as playwright:
        page = driver.launch(playwright).new_page(viewport={"width": 1400, "height": 900})
        for query in queries:
            page.goto(f"{address}/inside?{query}")
            page.locator(".inside[data-ready]").wait_for(timeout=driver.PATIENCE)
            page.locator("canvas.upper-canvas").wait_for()
            page.wait_for_timeout(1000)
            box = page.locator("canvas.upper-canvas").bounding_box()
            rate, middle, late = page.evaluate(MOVE, [box["x"] + 168, box["y"] + 168, SECONDS])
            print(f"{query}: {rate:.1f} updates a second, {middle:.0f} ms from pen to maps, 95 % within {late:.0f} ms")


if __name__ == "__main__":
    main(sys.argv[1:] or list(SHOWN))
