"""Logos: what is uploaded is drawn anew, so that nothing but a picture is ever served."""

import hashlib
import io
import warnings
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

MAX_BYTES = 2_000_000
MAX_SIDE = 6000
SHOWN_WITHIN = (640, 160)
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


class LogoError(ValueError):
    """A file that is no logo. `reason`: `large`, `kind` or `size`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def redrawn(file: BinaryIO, *, size: int) -> tuple[str, bytes]:
    """The picture as a small PNG, and a name made of its content. What the file calls itself does not matter."""
    if size > MAX_BYTES:
        raise LogoError("large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(file, formats=FORMATS)
            if max(picture.size) > MAX_SIDE:
                raise LogoError("size")
            drawn = picture.convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise LogoError("kind") from None
    except (OSError, SyntaxError, ValueError) as error:
        if isinstance(error, LogoError):
            raise
        raise LogoError("kind") from None
    drawn.thumbnail(SHOWN_WITHIN)
    out = io.BytesIO()
    drawn.save(out, "PNG", optimize=True)
    content = out.getvalue()
    return f"{hashlib.sha256(content).hexdigest()[:20]}.png", content
