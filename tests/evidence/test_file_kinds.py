"""A file that is not what its name says, or that harms whoever opens it, is refused in a sentence."""

import io
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from mediation.cases.file_kinds import Unfit, file_name, media_type_of


def packed(**files: bytes) -> bytes:
    held = io.BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return held.getvalue()


def word(**more: bytes) -> bytes:
    return packed(**{"[Content_Types].xml": b"<Types/>", "word__document.xml": b"<w/>", **more})


PNG, JPEG, PDF = b"\x89PNG\r\n\x1a\n....", b"\xff\xd8\xff\xe0....", b"%PDF-1.7 ..."
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\xff\xff"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = "<!DOCTYPE html><p>工资条</p><script>fetch('/')</script>".encode()


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("工资条.pdf", PDF, "application/pdf"),
        ("照片.JPG", JPEG, "image/jpeg"),
        ("截图.png", PNG, "image/png"),
        ("录音.m4a", b"\x00\x00\x00\x18ftypM4A \x00\x00", "video/mp4"),
        ("照片.heic", b"\x00\x00\x00\x18ftypheic\x00\x00", "image/heic"),
        ("通话.amr", b"#!AMR\n\x00\x01", "audio/amr"),
        ("流水.txt", "工资流水".encode(), "text/plain"),
        ("流水.csv", "姓名,金额\n张三,1".encode("gb18030"), "text/plain"),
        ("旧合同.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "application/x-ole-storage"),
        ("合同.docx", word(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("发票.ofd", packed(**{"OFD.xml": b"<OFD/>"}), "application/ofd"),
        ("材料.zip", packed(**{"1.jpg": JPEG}), "application/zip"),
        ("监控.dav", b"DHAV\x00\x01\x02", "application/octet-stream"),
        ("没有扩展名", PDF, "application/pdf"),
        ("", b"x", "text/plain"),
    ],
)
def test_what_people_have_is_taken_for_what_it_is(name: str, content: bytes, media_type: str) -> None:
    assert media_type_of(content, name) == media_type


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("工资条.pdf", PROGRAM, "程序或脚本"),
        ("工资条.exe", PDF, "程序或脚本"),
        ("没有扩展名", b"\x7fELF\x02\x01\x01", "程序或脚本"),
        ("运行.txt", b"#!/bin/sh\nrm -rf ~\n", "程序或脚本"),
        ("批.bat", b"dir", "程序或脚本"),
        ("照片.jpg", HTML, "可能含有脚本"),
        ("网页.html", HTML, "可能含有脚本"),
        ("图.svg", SVG, "可能含有脚本"),
        ("图.png", SVG, "可能含有脚本"),
        ("图.txt", SVG.decode().encode("utf-16"), "可能含有脚本"),
        ("工资条.pdf", JPEG, "内容却是JPEG图片"),
        ("照片.jpg", PDF, "内容却是PDF"),
        ("合同.docx", b"\x00\x01\x02", "可能已损坏"),
        ("合同.docx", b"PK\x03\x04 and no more", "已损坏"),
        ("合同.docx", packed(**{"a.txt": b"x"}), "内容却是压缩包"),
        ("宏.docm", word(), "含有宏"),
        ("宏.docx", word(word__vbaProject=b"x", **{"word__vbaProject.bin": b"x"}), "含有宏"),
        ("炸弹.docx", word(**{"word__big.xml": bytes(40 * 2**20)}), "展开后过大"),
        ("应用.zip", packed(**{"classes.dex": b"dex\n", "AndroidManifest.xml": b"x"}), "程序或脚本"),
        ("程序.zip", packed(**{"工资条.pdf.exe": PROGRAM}), "程序或脚本"),
    ],
)
def test_what_lies_or_harms_is_refused(name: str, content: bytes, why: str) -> None:
    with pytest.raises(Unfit, match=why):
        media_type_of(content, name)


def test_a_title_without_an_end_gets_that_of_its_kind() -> None:
    assert file_name("八月工资条", "application/pdf") == "八月工资条.pdf"
    assert file_name("八月工资条.PDF", "application/pdf") == "八月工资条.PDF"
    assert file_name("第3.2条", "image/jpeg") == "第3.2条.jpg"
    assert file_name("录像", "application/octet-stream") == "录像"
