"""QR codes for papers: the same text gives the same picture."""

from io import BytesIO

import segno


def qr_svg(text: str) -> str:
    held = BytesIO()
    segno.make(text, error="m", micro=False).save(held, kind="svg", scale=4, border=4, xmldecl=False, dark="#000000")
    return held.getvalue().decode()


def qr_png(text: str) -> bytes:
    held = BytesIO()
    segno.make(text, error="m", micro=False).save(held, kind="png", scale=8, border=4)
    return held.getvalue()
