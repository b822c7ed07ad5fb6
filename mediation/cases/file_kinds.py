"""What an uploaded file really is: told by its bytes, compared with what its name says.

Programs, scripts, pages with scripts and archives that burst are refused. Whatever is let in is still only ever sent
as a download (`api.pages.downloads`): knowing the kind keeps people from harm on their own computers.
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from zipfile import BadZipFile, ZipFile

MOST_ENTRIES = 10_000
LARGEST_UNPACKED = 400 * 2**20
"""Bytes that an archive may hold when it is unpacked."""
TIGHTEST = 150
"""How many times larger than itself an archive of some size may say it is."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`extensions`: the ends of names that promise this kind."""

    title: str
    media_type: str
    extensions: tuple[str, ...]


_WORD = "application/vnd.openxmlformats-officedocument"
KINDS: Mapping[str, Kind] = {
    "pdf": Kind("PDF", "application/pdf", ("pdf",)),
    "jpeg": Kind("JPEG图片", "image/jpeg", ("jpg", "jpeg", "jfif")),
    "png": Kind("PNG图片", "image/png", ("png",)),
    "gif": Kind("GIF图片", "image/gif", ("gif",)),
    "webp": Kind("WebP图片", "image/webp", ("webp",)),
    "bmp": Kind("BMP图片", "image/bmp", ("bmp",)),
    "tiff": Kind("TIFF图片", "image/tiff", ("tif", "tiff")),
    "heic": Kind("HEIC图片", "image/heic", ("heic", "heif")),
    "mp4": Kind("录像或录音（MP4）", "video/mp4", ("mp4", "mov", "m4v", "m4a", "3gp", "aac")),
    "webm": Kind("录像（WebM）", "video/webm", ("webm", "mkv")),
    "avi": Kind("录像（AVI）", "video/x-msvideo", ("avi",)),
    "mp3": Kind("录音（MP3）", "audio/mpeg", ("mp3", "aac")),
    "wav": Kind("录音（WAV）", "audio/wav", ("wav",)),
    "amr": Kind("录音（AMR）", "audio/amr", ("amr",)),
    "ogg": Kind("录音（OGG）", "audio/ogg", ("ogg", "opus")),
    "docx": Kind("Word文件", f"{_WORD}.wordprocessingml.document", ("docx",)),
    "xlsx": Kind("Excel文件", f"{_WORD}.spreadsheetml.sheet", ("xlsx",)),
    "pptx": Kind("演示文稿", f"{_WORD}.presentationml.presentation", ("pptx",)),
    "ofd": Kind("OFD", "application/ofd", ("ofd",)),
    "ole": Kind("旧版Office文件", "application/x-ole-storage", ("doc", "xls", "ppt", "wps", "et", "dps")),
    "rtf": Kind("RTF文件", "application/rtf", ("rtf", "doc")),
    "zip": Kind("压缩包（ZIP）", "application/zip", ("zip", "odt", "ods")),
    "rar": Kind("压缩包（RAR）", "application/vnd.rar", ("rar",)),
    "7z": Kind("压缩包（7z）", "application/x-7z-compressed", ("7z",)),
    "text": Kind("文本", "text/plain", ("txt", "csv", "md", "log", "eml", "json")),
}
UNKNOWN = "application/octet-stream"
_BY_NAME: dict[str, list[str]] = {}
for _name, _kind_of in KINDS.items():
    for _end in _kind_of.extensions:
        _BY_NAME.setdefault(_end, []).append(_name)

PROGRAMS = frozenset(
    (
        *("exe", "com", "scr", "bat", "cmd", "ps1", "vbs", "js", "jse"),
        *("wsf", "msi", "msix", "dll", "sys", "lnk", "reg", "hta", "apk"),
        *("jar", "app", "dmg", "pkg", "deb", "rpm", "sh", "py", "iso"),
        *("img", "chm"),
    )
)
PAGES = frozenset(
    (
        *("html", "htm", "xhtml", "shtml", "mht", "mhtml", "svg", "svgz", "xml"),
        *("xsl"),
    )
)
WITH_MACROS = frozenset(("docm", "xlsm", "pptm", "dotm", "xltm", "xlam"))

A_PROGRAM = "这是程序或脚本，可能损害打开它的电脑，不能作为证据上传。请上传照片、PDF或录音录像。"
A_PAGE = "网页和SVG图形可能含有脚本，不能上传。请打印成PDF，或者截图后上传图片。"
MACROS = "文件含有宏（自动运行的程序），不能上传。请另存为不含宏的格式，或者打印成PDF。"
BURSTS = "压缩内容展开后过大，可能损害打开它的电脑，不能上传。请解压后逐份上传。"
DAMAGED = "文件已损坏，打不开。请重新选择，或者从原处重新导出。"

_PLAIN = (
    (b"%PDF-", "pdf"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF8", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"\x1aE\xdf\xa3", "webm"),
    (b"#!AMR", "amr"),
    (b"OggS", "ogg"),
    (b"ID3", "mp3"),
    (b"\xff\xfb", "mp3"),
    (b"\xff\xf3", "mp3"),
    (b"\xff\xf2", "mp3"),
    (b"\xff\xf1", "mp3"),
    (b"\xff\xf9", "mp3"),
    (b"{\\rtf", "rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf'\x1c", "7z"),
)
_RIFF = {b"WEBP": "webp", b"WAVE": "wav", b"AVI ": "avi"}
_HEIC = frozenset((b"heic", b"heix", b"hevc", b"heif", b"mif1", b"msf1"))
_PROGRAM = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"L\x00\x00\x00\x01\x14\x02\x00",
    b"dex\n",
)
_SCRIPT = re.compile(r"\A#! ?/|<\?php|\A@echo off|\Aimport os\b", re.IGNORECASE)
_PAGE = re.compile(
    r"<!doctype html|<html\b|<head\b|<body\b|<script\b|<svg\b|<iframe\b|<object\b|<\?xml-stylesheet", re.I
)
_LOOKED_AT = 64 * 1024


class Unfit(Exception):
    """The file may not be kept; the text says why and what to do instead."""


def media_type_of(content: bytes, name: str = "") -> str:
    """What the bytes are; Unfit where they are harmful or are not what the name says. No name: the bytes alone."""
    end = name.rpartition(".")[2].strip().lower() if "." in name else ""
    _refuse_by_name(end)
    kind = _kind(content)
    if end in _BY_NAME and kind not in _BY_NAME[end]:
        promised = KINDS[_BY_NAME[end][0]].title
        found = f"内容却是{KINDS[kind].title}" if kind else "内容却不是，可能已损坏"
        raise Unfit(f"文件名以“.{end}”结尾（{promised}），{found}。请核对后重新选择文件。")
    return KINDS[kind].media_type if kind else UNKNOWN


def file_name(title: str, media_type: str) -> str:
    """The name to save the file by: its title, with the end that its kind has where the title has none."""
    ends = next((kind.extensions for kind in KINDS.values() if kind.media_type == media_type), ())
    has_one = title.rpartition(".")[2].strip().lower() in _BY_NAME
    return title if has_one or not ends or media_type == KINDS["ole"].media_type else f"{title}.{ends[0]}"


def _refuse_by_name(end: str) -> None:
    for ends, sentence in ((PROGRAMS, A_PROGRAM), (PAGES, A_PAGE), (WITH_MACROS, MACROS)):
        if end in ends:
            raise Unfit(sentence)


def _kind(content: bytes) -> str | None:
    """The name in KINDS; None: not known."""
    if content.startswith(_PROGRAM) and not _is_text(content):
        raise Unfit(A_PROGRAM)
    found = next((name for start, name in _PLAIN if content.startswith(start)), None)
    if found:
        return found
    if content[:4] == b"RIFF":
        return _RIFF.get(content[8:12])
    if content[4:8] == b"ftyp":
        return "heic" if content[8:12] in _HEIC else "mp4"
    if content[:2] == b"BM" and content[6:10] == bytes(4):
        return "bmp"
    if content[:2] == b"PK":
        return _archive(content)
    return _text(content)


def _archive(content: bytes) -> str:
    """By what is inside. Nothing is unpacked: the sizes are those that the archive tells, and readers rely on them."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            inside = archive.infolist()
    except (BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unfit(DAMAGED) from error
    unpacked, packed = sum(one.file_size for one in inside), sum(one.compress_size for one in inside)
    bursting = unpacked > LARGEST_UNPACKED or (unpacked > 2**24 and unpacked > TIGHTEST * max(len(content), 1))
    if bursting or packed > len(content) or len(inside) > MOST_ENTRIES:
        raise Unfit(BURSTS)
    names = {one.filename for one in inside}
    ends = {name.rpartition(".")[2].lower() for name in names}
    if ends & {"dex", "class"} or "META-INF/MANIFEST.MF" in names or ends & PROGRAMS - {"py", "sh", "js", "img", "reg"}:
        raise Unfit(A_PROGRAM)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Unfit(MACROS)
    if "[Content_Types].xml" in names:
        rooms = {name.partition("/")[0] for name in names}
        return next((kind for room, kind in _OFFICE if room in rooms), "zip")
    return "ofd" if "OFD.xml" in names else "zip"


_OFFICE = (("word", "docx"), ("xl", "xlsx"), ("ppt", "pptx"))


def _text(content: bytes) -> str | None:
    text = _decoded(content)
    if text is None:
        return None
    if _PAGE.search(text[:_LOOKED_AT]):
        raise Unfit(A_PAGE)
    if _SCRIPT.search(text[:_LOOKED_AT].lstrip()):
        raise Unfit(A_PROGRAM)
    return "text"


def _is_text(content: bytes) -> bool:
    return _decoded(content[:_LOOKED_AT]) is not None and len(content) < 2**20


def _decoded(content: bytes) -> str | None:
    """As text in one of the encodings that people have; None: it is none."""
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", text) else text
    return None
