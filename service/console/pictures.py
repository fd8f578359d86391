"""A figure as SVG in the address of an image, so that no address names a patient and no style leaves the picture."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def svg(figure: Figure, title: str) -> str:
    """The figure as a `data:` URL. Figures are made without pyplot, whose state all threads would share."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    content = io.BytesIO()
    FigureCanvasSVG(figure)
    figure.savefig(content, format="svg", metadata={"Date": None, "Title": title})
    return "data:image/svg+xml;base64," + base64.b64encode(content.getvalue()).decode()
