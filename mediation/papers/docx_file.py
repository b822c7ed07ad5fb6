"""An editable Word file from the frozen text. The same text gives the same bytes."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import zip_longest
from unicodedata import east_asian_width
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from .blocks import Block, Closing, Code, FillLine, Line, PageBreak, Pairs, Signatures, Table, blocks, title_of
from .codes import qr_png
from .docx_base import BODY, LOOKS, PROPERTIES, base_parts

_TEXT_WIDTH = 8844  # twentieths of a point between the margins of A4
_LABEL_WIDTH = 2918
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold: the same text must give the same bytes
_CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties '
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{}</dc:title><dc:language>zh-CN</dc:language>'
    "</cp:coreProperties>"
)


def docx_bytes(text: str) -> bytes:
    """DOCX of a rendered paper, with the fonts that Chinese offices have (仿宋, 黑体, 宋体)."""
    found = blocks(text)
    codes = [block for block in found if isinstance(block, Code)]
    held = BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        for name, content in base_parts():
            if name == BODY:
                content = _body(content.decode(), found).encode()
            elif name == PROPERTIES:
                content = _CORE.format(escape(title_of(found))).encode()
            elif codes and name in (_TYPES, _LINKS):
                content = _announced(name, content.decode(), len(codes)).encode()
            archive.writestr(_entry(name), content)
        for number, code in enumerate(codes):
            archive.writestr(_entry(f"word/{_PICTURE.format(number)}"), qr_png(code.text))
    return held.getvalue()


_TYPES, _LINKS = "[Content_Types].xml", "word/_rels/document.xml.rels"
_PICTURE = "media/code{}.png"
_IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"


def _announced(name: str, content: str, codes: int) -> str:
    """Pictures have to be named in the list of types and in the body's list of links."""
    if name == _TYPES:
        png = '<Default Extension="png" ContentType="image/png"/>'
        first = content.index("<Default")
        return content if 'Extension="png"' in content else content[:first] + png + content[first:]
    links = "".join(
        f'<Relationship Id="code{number}" Type="{_IMAGE}" Target="{_PICTURE.format(number)}"/>'
        for number in range(codes)
    )
    return content.replace("</Relationships>", f"{links}</Relationships>")


def _entry(name: str) -> ZipInfo:
    info = ZipInfo(name, _EPOCH)
    info.compress_type, info.create_system = ZIP_DEFLATED, 3
    return info


def _body(empty: str, found: tuple[Block, ...]) -> str:
    """The empty body with the blocks before its section settings."""
    start, end = empty.index("<w:body>") + len("<w:body>"), empty.index("<w:sectPr")
    return empty[:start] + "".join(_drawn(found)) + empty[end:]


def _drawn(found: tuple[Block, ...]) -> Iterator[str]:
    codes = 0
    for block, following in zip_longest(found, found[1:]):
        # Kept together so that no page holds a signature or a closing note alone; paper.typ does the same.
        signed = isinstance(following, Closing | Signatures)
        if isinstance(block, Line):
            kept = following is not None and not isinstance(following, Line)
            keep = "<w:keepNext/>" if kept or (block.kind == "flush" and following is not None) else ""
            keep += "<w:keepLines/>" if block.kind == "note" else ""
            yield _paragraph(block.kind, block.text, keep, '<w:spacing w:after="80"/>' if kept else "")
        elif isinstance(block, Table):
            yield _table(block, signed) + _GAP
        elif isinstance(block, Pairs):
            yield _pairs(block, signed) + _GAP
        elif isinstance(block, Signatures):
            yield _GAP + _signatures(block) + _GAP
        elif isinstance(block, Closing):
            yield from _closing(block, noted=isinstance(following, Line) and following.kind == "note")
        elif isinstance(block, Code):
            yield _code(block, codes) + _GAP
            codes += 1
        elif isinstance(block, FillLine):
            yield _paragraph("paragraph", "", f"<w:pBdr>{_edge('bottom')}</w:pBdr>")
        elif isinstance(block, PageBreak):
            yield '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'


def _paragraph(style: str, text: str, settings: str = "", after: str = "") -> str:
    """`settings` and `after` are w:pPr children before and after w:spacing in the order the schema wants."""
    run = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in text.split("\n"))
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{settings}{after}</w:pPr><w:r>{run}</w:r></w:p>'


_GAP = '<w:p><w:pPr><w:keepNext/><w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/></w:pPr></w:p>'


def _edge(side: str) -> str:
    return f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'


def _table(table: Table, signed: bool) -> str:
    small = "small_" if len(table.columns) > 5 else ""
    shares = sum(column.width for column in table.columns)
    widths = [_TEXT_WIDTH * column.width // shares for column in table.columns]
    height = 680 if any(column.signed for column in table.columns) else 0
    head = _table_row(widths, (_paragraph(f"{small}head", text) for text in table.header), "<w:tblHeader/>")
    aligned = [f'<w:jc w:val="{column.align}"/>' for column in table.columns]
    # Rows of a short table hold on to each other, so that no page end tears it apart.
    last = len(table.rows) - 1 + signed if len(table.rows) <= 8 else 0
    rows = (
        _table_row(
            widths,
            (
                _paragraph(f"{small}cell", text, "<w:keepNext/>" if number < last else "", align)
                for text, align in zip(row, aligned, strict=True)
            ),
            height=height,
        )
        for number, row in enumerate(table.rows)
    )
    return _grid(widths, head + "".join(rows))


def _pairs(pairs: Pairs, signed: bool) -> str:
    widths = [_LABEL_WIDTH, _TEXT_WIDTH - _LABEL_WIDTH]
    last = len(pairs.rows) - 1 + signed
    rows = (
        _table_row(
            widths,
            (
                _paragraph("cell", label, "<w:keepNext/>" if number < last else "", '<w:jc w:val="center"/>'),
                _paragraph("cell", value),
            ),
        )
        for number, (label, value) in enumerate(pairs.rows)
    )
    return _grid(widths, "".join(rows))


_SIDE = 1224000  # 34 mm in the units of drawings


def _code(code: Code, number: int) -> str:
    """The picture and, beside it, the words."""
    size = f'cx="{_SIDE}" cy="{_SIDE}"'
    name = f'id="{number + 1}" name="code{number}" descr="{escape(code.text, {chr(34): "&quot;"})}"'
    drawing = (
        '<w:p><w:pPr><w:pStyle w:val="cell"/><w:jc w:val="center"/></w:pPr><w:r><w:drawing>'
        '<wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
        f"<wp:extent {size}/><wp:docPr {name}/>"
        '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        '<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        f"<pic:nvPicPr><pic:cNvPr {name}/><pic:cNvPicPr/></pic:nvPicPr>"
        '<pic:blipFill><a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        f'r:embed="code{number}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline>'
        "</w:drawing></w:r></w:p>"
    )
    widths = [2300, _TEXT_WIDTH - 2300]
    return _grid(widths, _table_row(widths, (drawing, _paragraph("cell", code.words))), bordered=False)


def _signatures(area: Signatures) -> str:
    widths = [_TEXT_WIDTH // 2] * 2
    last = len(area.rows) - 1
    rows = (
        _table_row(
            widths,
            (_paragraph("signature", text, "<w:keepNext/>" if number < last else "") for text in row),
            height=880,
            top=True,
        )
        for number, row in enumerate(area.rows)
    )
    return _grid(widths, "".join(rows), bordered=False)


def _grid(widths: list[int], rows: str, bordered: bool = True) -> str:
    edges = "".join(map(_edge, ("top", "left", "bottom", "right", "insideH", "insideV"))) if bordered else ""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders>{edges}</w:tblBorders>"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="60" w:type="dxa"/><w:left w:w="100" w:type="dxa"/>'
        '<w:bottom w:w="60" w:type="dxa"/><w:right w:w="100" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"
    )


def _table_row(widths: list[int], cells: Iterable[str], header: str = "", height: int = 0, top: bool = False) -> str:
    tall = f'<w:trHeight w:val="{height}" w:hRule="atLeast"/>' if height else ""
    place = "" if top else '<w:vAlign w:val="center"/>'
    drawn = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{place}</w:tcPr>{cell}</w:tc>'
        for width, cell in zip(widths, cells, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{tall}{header}</w:trPr>{drawn}</w:tr>"


def _closing(closing: Closing, noted: bool) -> Iterator[str]:
    """Lines centred on each other at the right, two characters before the margin, below room for a seal."""
    size = LOOKS["closing"].size
    widest = max(sum(1 if east_asian_width(c) in "WF" else 0.5 for c in line) for line in closing.lines)
    right = int(2 * size * 20)
    left = max(0, _TEXT_WIDTH - right - int((widest + 1) * size * 20))
    for number, line in enumerate(closing.lines):
        before = '<w:spacing w:before="880"/>' if number == 0 else ""
        keep = "<w:keepNext/>" if number < len(closing.lines) - 1 or noted else ""
        yield _paragraph("closing", line, keep, f'{before}<w:ind w:left="{left}" w:right="{right}"/>')
