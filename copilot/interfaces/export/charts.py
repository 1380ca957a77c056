"""Charts that a draft holds as text, drawn: as SVG where pages show it, as PNG for mail and Word."""

from __future__ import annotations

from typing import Literal

from copilot.insight.picture import picture
from copilot.insight.text_chart import read_chart

#: Dots per inch of a picture: two for each dot of a screen.
_PPI = 144.0
_PAGE = b"""#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: 480pt)
"""


def svg(text: str, key: str, language: Literal["zh", "en"], *, styled: bool = False) -> str | None:
    """Draw the text of a chart; None where it is none. `styled` turns it dark with the reader's system."""
    chart = read_chart(text)
    return None if chart is None else picture(chart, key, language, styled=styled)


def png(text: str, language: Literal["zh", "en"]) -> bytes | None:
    """Draw the text of a chart as PNG; None where it is none."""
    drawn = svg(text, "chart", language)
    if drawn is None:
        return None
    import typst  # loaded when somebody wants a picture: opening a command stays quick

    from copilot.interfaces.export.pdf import fonts

    compiler = typst.Compiler(_PAGE, font_paths=fonts(), sys_inputs={"svg": drawn})
    made = compiler.compile(format="png", ppi=_PPI)
    if not isinstance(made, bytes):  # a list is what several pages give
        raise TypeError(f"the typesetter returned {type(made).__name__}")
    return made
