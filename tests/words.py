"""How many words each page shows before anything is opened: `python -m tests.words`.

Counted are titles, sentences and the labels of controls, all that a visitor could read at once; not what stands in closed expanders
and popovers, behind help marks, in tables, charts, pictures, pieces of HTML (bars, readings) and in the options to choose from.
"""

import re
from collections.abc import Iterator

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Element, Expander

from tests import pages

LIMIT = 150  # words of a page
TEXTS = ("title", "header", "subheader", "markdown", "caption", "info", "warning", "success", "error")


def count(app: AppTest) -> int:
    """The words of a page that ran."""
    return sum(len(re.findall(r"\w[\w'’-]*", text)) for text in shown(app.main))


def shown(block: Block) -> Iterator[str]:
    """The texts of a page's block that are in sight."""
    for child in block.children.values():
        if isinstance(child, Block):
            if not (child.type in ("popover", "dialog") or (isinstance(child, Expander) and not child.proto.expanded)):
                yield from shown(child)
        else:
            yield from _texts(child)


def _texts(element: Element) -> Iterator[str]:
    if element.type in TEXTS:
        yield _bare(str(element.value))
    else:
        label = getattr(element.proto, "label", "")
        hidden = getattr(getattr(element.proto, "label_visibility", None), "value", 0)
        yield _bare(label) if isinstance(label, str) and not hidden else ""


def _bare(text: str) -> str:
    """Without tags, links' addresses and the names of icons."""
    return re.sub(r"<[^>]*>|\]\([^)]*\)|:material/\w+:|&\w+;", " ", text)


def main() -> None:
    """Print the words of every page with each of its parts open, and of all that is over the limit."""
    for page, named in pages.opened():
        app = pages.app(page, named).run()
        assert not app.exception, page
        words = count(app)
        print(f"{' '.join([page, *named.values()]):<26} {words:4}" + (f"  over {LIMIT}" if words > LIMIT else ""))


if __name__ == "__main__":
    main()
