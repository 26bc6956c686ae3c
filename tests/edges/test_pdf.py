"""The text of a PDF, and that no PDF can do harm."""

import tracemalloc
import zlib
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from offline import READING
from paperwork import a_pdf, receipt_text

from triage.edges import pdf
from triage.edges.pdf import NotReadError, text_of
from triage.edges.worker import Pool

TEXT = receipt_text("full", "2490.00", "15.11.2026 12:30")


@pytest.fixture
def paper(tmp_path):
    def write(content: bytes):
        path = tmp_path / "file.pdf"
        path.write_bytes(content)
        return path

    return write


def a_bomb(size: int) -> bytes:
    """Make a PDF whose one page unpacks to spaces without end."""
    packed = zlib.compress(b" " * size, 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<>>>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream"
        % (len(packed), packed),
    ]
    return written(objects)


def written(objects: list[bytes]) -> bytes:
    data, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\n"
        b"startxref\n%d\n%%%%EOF" % (size, table, size, len(data))
    )


def test_a_text_comes_out_line_by_line(paper):
    found = text_of(paper(a_pdf(TEXT)))

    assert found.split("\n") == [line for line in TEXT.split("\n") if line]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "no-pdf"),
        (b"hello", "no-pdf"),
        (b"%PDF-1.7\n", "broken"),
        (b"%PDF-1.7\n" + b"[" * 100_000, "broken"),
        (b"%PDF-1.7\n" + bytes(pdf.LARGEST), "too-large"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_word(paper, content, problem):
    with pytest.raises(NotReadError, match=problem):
        text_of(paper(content))


def test_an_encrypted_file_is_named_so(paper):
    import pypdf

    path = paper(a_pdf(TEXT))
    writer = pypdf.PdfWriter(path)
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(path)

    with pytest.raises(NotReadError, match="encrypted"):
        text_of(path)


def test_a_file_that_is_only_kept_from_being_changed_is_read(paper):
    """It opens for everybody: only to change it takes a password."""
    import pypdf

    path = paper(a_pdf(TEXT))
    writer = pypdf.PdfWriter(path)
    writer.encrypt("", "secret", algorithm="RC4-128")
    writer.write(path)

    assert "КАССОВЫЙ ЧЕК" in text_of(path)


def test_a_lock_for_which_the_library_lacks_the_key_is_named_so(paper, monkeypatch):
    import pypdf

    path = paper(a_pdf(TEXT))
    writer = pypdf.PdfWriter(path)
    writer.encrypt("", "secret", algorithm="RC4-128")
    writer.write(path)

    def lacks(*_: object) -> None:
        raise pypdf.errors.DependencyError("cryptography>=3.1 is required")

    monkeypatch.setattr(pypdf.PdfReader, "decrypt", lacks)
    with pytest.raises(NotReadError, match="encrypted"):
        text_of(path)


def test_a_page_that_unpacks_without_end_takes_little_memory(paper):
    text_of(paper(a_pdf(TEXT)))  # what the library itself takes
    path = paper(a_bomb(400 << 20))

    tracemalloc.start()
    try:
        with suppress(NotReadError):
            assert text_of(path).strip() == ""
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 100 << 20


def test_pages_that_are_one_another_s_children_end(paper):
    round_about = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 99999999>>",
    ]

    with pytest.raises(NotReadError, match="broken"):
        text_of(paper(written(round_about)))


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_pdf_is_read_or_refused(paper, data):
    content = bytearray(a_pdf(TEXT))
    for _ in range(data.draw(st.integers(1, 20))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(8, len(content)))

    try:
        found = text_of(paper(bytes(content[:cut])))
    except NotReadError:
        return
    assert len(found) <= pdf.LONGEST


def test_a_file_that_needs_too_long_costs_only_itself(tmp_path):
    """The clock and the memory limit of the reading processes hold for files too."""
    from hashlib import sha256

    from triage.jobs.learn import READER
    from triage.jobs.tasks import file_task

    tasks = []
    slow = b"%PDF-1.7\n" + b"1 0 obj<</Length 9 0 R/A" * 60_000
    for name, content in (("slow", slow), ("good", a_pdf(TEXT))):
        path = tmp_path / name
        path.write_bytes(content)
        digest = sha256(content).hexdigest()
        tasks.append(file_task(digest, path, name, "2026-11-16T00:00:00+00:00"))

    with Pool(READER, READING, workers=1, seconds=20, memory=1 << 28) as pool:
        (_, bad, problem), (_, good, _) = pool.map(tasks)

    assert problem or bad["problem"]
    assert good["receipt"]["kind"] == "receipt_full"
