"""A video out of pictures, made in code so that none has to be kept with the sources: WebM, of whole frames alone.

A lossy WebP is one whole frame of VP8 in an envelope; a WebM of such frames is a video that every browser plays and can go to any
second of. Only what players need is written (RFC 8794, and the Matroska elements that WebM allows).
"""

import io
import struct
from collections.abc import Sequence

from PIL import Image

QUALITY = 55
EBML, SEGMENT, INFO, TRACKS, TRACK, VIDEO = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0xE0
CLUSTER, CUES, CUE, CUE_PLACE = 0x1F43B675, 0x1C53BB6B, 0xBB, 0xB7


def video_of(frames: Sequence[Image.Image], *, milliseconds: int) -> bytes:
    """The frames one after the other, each shown for so long."""
    width, height = frames[0].size
    clusters = [
        _element(CLUSTER, _number(0xE7, at * milliseconds), _element(0xA3, b"\x81\x00\x00\x80", _key_frame(frame)))
        for at, frame in enumerate(frames)
    ]
    head = [
        _element(
            INFO,
            _number(0x2AD7B1, 1_000_000),
            _element(0x4489, struct.pack(">d", len(frames) * milliseconds)),
            _text(0x4D80, "demo"),
            _text(0x5741, "demo"),
        ),
        _element(
            TRACKS,
            _element(
                TRACK,
                _number(0xD7, 1),
                _number(0x73C5, 1),
                _number(0x83, 1),
                _number(0x9C, 0),
                _text(0x86, "V_VP8"),
                _element(VIDEO, _number(0xB0, width), _number(0xBA, height)),
            ),
        ),
    ]
    begins = sum(map(len, head)) + len(_cues([0] * len(clusters), milliseconds))
    places = [begins + sum(map(len, clusters[:at])) for at in range(len(clusters))]
    return _element(
        EBML,
        _number(0x4286, 1),
        _number(0x42F7, 1),
        _number(0x42F2, 4),
        _number(0x42F3, 8),
        _text(0x4282, "webm"),
        _number(0x4287, 2),
        _number(0x4285, 2),
    ) + _element(SEGMENT, *head, _cues(places, milliseconds), *clusters)


def _key_frame(frame: Image.Image) -> bytes:
    """The VP8 frame within a WebP: behind the twelve bytes of the file's head and the eight of the chunk's."""
    file = io.BytesIO()
    frame.convert("RGB").save(file, "WEBP", quality=QUALITY, method=2)
    content = file.getvalue()
    assert content[12:16] == b"VP8 "
    return content[20 : 20 + int.from_bytes(content[16:20], "little")]


def _cues(places: Sequence[int], milliseconds: int) -> bytes:
    """Where each frame stands, so that players can go to it."""
    return _element(
        CUES,
        *(
            _element(
                CUE,
                _number(0xB3, at * milliseconds),
                _element(CUE_PLACE, _number(0xF7, 1), _number(0xF1, place)),
            )
            for at, place in enumerate(places)
        ),
    )


def _element(key: int, *content: bytes) -> bytes:
    body = b"".join(content)
    return key.to_bytes((key.bit_length() + 7) // 8, "big") + (len(body) | 1 << 56).to_bytes(8, "big") + body


def _number(key: int, value: int) -> bytes:
    return _element(key, value.to_bytes(8, "big"))


def _text(key: int, value: str) -> bytes:
    return _element(key, value.encode())
