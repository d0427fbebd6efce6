"""How a certificate names its holder to strangers, and the squares of its QR code. Knows no Django and no database."""

import qrcode

HIDDEN = "○"


def shortened(name: str) -> str:
    """A name as far as somebody who holds the certificate needs it: 김○○, 佐藤 ○○, Mina P."""
    words = name.split()
    if not words:
        return ""
    if _is_east_asian(words[0][0]):
        if len(words) > 1:
            return f"{words[0]} {HIDDEN * 2}"
        return words[0][0] + HIDDEN * max(1, len(words[0]) - 1)
    return words[0] if len(words) == 1 else f"{words[0]} {words[-1][0]}."


def qr_svg(text: str) -> bytes:
    """The QR code of a text as an SVG picture, with the quiet zone that readers need."""
    code = qrcode.QRCode(border=4, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    squares = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    size = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path fill="#000" d="{squares}"/></svg>'
    ).encode()


def _is_east_asian(sign: str) -> bool:
    return "⺀" <= sign <= "鿿" or "가" <= sign <= "힯" or "豈" <= sign <= "﫿"
