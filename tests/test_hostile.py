"""Forty ways to harm a reader of mail: each letter is archived, and none does.

The letters and their numbers are in `hostile`. For all of them: the bytes are kept, the run
goes on, nothing is dropped in silence, and nothing that a stranger wrote tells an event.
"""

import hashlib
import re
from datetime import timedelta

import pytest
from hostile import LINK, ORDER, letters
from letters import ozon
from mails import ARRIVED, a_letter, a_sighting
from offline import READING, an_app, bring
from test_corpus import ON_LINES, read

from triage.core.message import Message, Where
from triage.core.naming import in_text
from triage.core.words import normal
from triage.edges.parser import parse
from triage.edges.worker import Pool
from triage.jobs.compose import preview
from triage.jobs.tasks import task_of

ALL = list(letters())
NOW = ARRIVED + timedelta(hours=1)
SECONDS = 10.0  # of CPU; a child has thirty of the clock


def parsed(number: int) -> list[Message]:
    """Read the letters of a number, and check what holds for every letter."""
    return [read(raw, seconds=SECONDS) for n, raw in ALL if n == number]


def shown(message: Message) -> str:
    return message.text(Where.SUBJECT, Where.TEXT, Where.HTML)


def orders(message: Message) -> tuple[str, ...]:
    return in_text(normal(shown(message)), ozon().identifiers).orders


def test_there_are_forty() -> None:
    assert {number for number, _ in ALL} == set(range(1, 41))


# 1-10: too much of something


def test_parts_inside_parts_without_end_are_kept_as_one_file() -> None:
    for message in (*parsed(1), *parsed(2)):
        assert "too-deep" in message.defects
        assert len(message.attachments) == 1


def test_letters_inside_letters_are_never_opened() -> None:
    [message] = parsed(3)

    assert message.attachments[0].media_type == "message/rfc822"
    assert shown(message) == ""


@pytest.mark.parametrize("number", [4, 5])
def test_a_header_past_all_bounds_is_archived_and_not_read(number: int) -> None:
    [message, *more] = parsed(number)

    assert message.unread == "not-read:header-block"
    assert all("too-many-parts" in each.defects for each in more)


def test_a_value_past_all_bounds_is_not_decoded() -> None:
    [message] = parsed(6)

    assert "header-value-too-long" in message.defects
    assert message.subject == ""


def test_an_archive_is_never_unpacked() -> None:
    [message] = parsed(7)

    assert message.attachments[0].size < 100_000


def test_a_letter_past_all_bounds_is_archived_and_a_long_text_is_a_file() -> None:
    large, long = parsed(8)

    assert large.unread == "not-read:size"
    assert "text-too-long" in long.defects
    assert long.attachments[0].size > 20_000_000


def test_no_nul_byte_comes_through() -> None:
    message, file = parsed(9)

    assert message.subject == "a b"
    assert file.attachments[0].name == "a b.txt"


def test_a_letter_cut_short_is_read_as_far_as_it_goes() -> None:
    [message] = parsed(10)

    assert "incomplete" in message.defects
    assert "any text" in shown(message)


# 11-20: another name, another sender


def test_an_encoded_line_end_is_a_blank() -> None:
    message, file = parsed(11)

    assert message.subject == "x Bcc: evil@evil.example"
    assert file.attachments[0].name == "x Bcc: a@b.example"


def test_a_folded_subject_is_one_line() -> None:
    [message] = parsed(12)

    assert message.subject == "Заказ 12345678-0001 отменён"


def test_the_name_of_a_file_is_data_and_its_place_is_its_checksum() -> None:
    files = [message.attachments[0] for message in parsed(13)]

    assert {file.sha256 for file in files} == {hashlib.sha256(b"x").hexdigest()}
    assert {"../../x", "/etc/passwd", "..", "CON", "-rf"} <= {f.name for f in files}
    assert all(len(file.name) <= 255 for file in files)


def test_two_files_of_one_name_are_two_files() -> None:
    [message] = parsed(15)

    assert [file.name for file in message.attachments] == ["same.txt"] * 2
    assert len({file.sha256 for file in message.attachments}) == 2


def test_a_lookalike_is_never_the_real_domain() -> None:
    for message in parsed(16):
        assert message.sender.rpartition("@")[2] not in ("sender.ozon.ru", "")


def test_the_name_beside_an_address_is_not_the_address() -> None:
    assert {message.sender for message in parsed(17)} <= {"evil@evil.example", ""}


@pytest.mark.parametrize("number", [18, 19])
def test_a_sender_who_is_not_clearly_one_is_nobody(number: int) -> None:
    for message in parsed(number):
        assert message.sender == ""
        assert {"from-unclear", "several-from"} & {*message.defects}


# 21-31: what a letter says, and in which signs


def test_a_letter_inside_a_letter_says_nothing_and_is_kept_byte_for_byte() -> None:
    inside = a_letter(subject=f"Заказ {ORDER} отменён")
    outer = (
        b"From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\n" + inside + b"\r\n--b--\r\n"
    )
    [file] = parse(outer, a_sighting(outer), "").attachments

    assert file.sha256 == hashlib.sha256(inside).hexdigest()
    for message in parsed(21):
        assert orders(message) == ()
        assert message.attachments[0].media_type == "message/rfc822"


def test_a_date_that_cannot_be_is_named_and_the_servers_counts() -> None:
    named = {"date-unreadable", "date-differs", "several-dates"}

    for message in parsed(23):
        assert message.received_at == ARRIVED
        assert named & {*message.defects} or message.sent_at


@pytest.mark.parametrize("number", [24, 25])
def test_russian_is_read_whatever_its_label(number: int) -> None:
    for message in parsed(number):
        assert f"Заказ {ORDER} отменён, деньги верн" in shown(message)
        assert orders(message) == (ORDER,)


def test_a_label_that_is_code_decodes_nothing() -> None:
    for message in parsed(26):
        assert f"+BBc \\u0417 Заказ {ORDER} отменён" in shown(message)


def test_broken_base64_is_read_as_far_as_it_goes() -> None:
    for message in parsed(27):
        assert "base64-broken" in message.defects
        assert f"Заказ {ORDER}" in shown(message)


def test_a_number_broken_by_quoting_is_whole() -> None:
    assert [orders(message) for message in parsed(28)] == [(ORDER,)] * 4


def test_a_number_broken_by_markup_and_odd_signs_is_whole() -> None:
    assert {orders(message) for message in parsed(29)} == {(ORDER,)}


def test_cells_are_never_fused_and_what_is_hidden_is_told_apart() -> None:
    cells, link, hidden = parsed(30)

    assert orders(cells) == (ORDER, "12345678-0002")
    assert link.text(Where.LINK) == LINK
    assert orders(link) == orders(hidden) == ()
    assert ORDER in hidden.text(Where.HIDDEN)


def test_a_number_broken_by_a_mail_program_is_whole() -> None:
    [message] = parsed(31)

    assert orders(message) == (ORDER,)


# 32-40: what a letter wants to be done


def test_nothing_a_page_wants_is_done() -> None:
    [message] = parsed(32)

    assert "alert" not in shown(message)
    assert "12345678-0009" not in message.text(*Where)
    assert "pixel" not in message.text(*Where)


def test_a_page_that_costs_too_much_is_a_file() -> None:
    attributes, depth, comment = parsed(33)

    for message in (attributes, depth):
        assert "html-too-large" in message.defects
        assert message.attachments
    assert shown(comment) == "x"


def test_what_cannot_be_read_is_kept_as_a_file_and_said() -> None:
    invite, *opaque, unsigned = parsed(35)

    assert ORDER in shown(invite)
    assert all("opaque-part" in each.defects for each in opaque)
    assert all(each.attachments for each in opaque)
    assert "no-boundary" in unsigned.defects


def test_without_a_boundary_all_is_text() -> None:
    assert all("hello" in shown(message) for message in parsed(36))


def test_parts_of_letters_and_letters_elsewhere_are_files() -> None:
    for message in parsed(37):
        assert orders(message) == ()
        assert message.attachments


def test_machines_that_answer_are_known() -> None:
    assert all(message.automatic for message in parsed(38))


# all of them together, from the mailbox to the digest

NEVER_TELL = {*range(16, 22), 32, 37, 38, 39, 40}
"""The numbers whose letters must not tell an event, though they name an order."""


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    app = an_app(folder, NOW, workers=2)
    bring(app, (raw for _, raw in ALL))
    yield app
    app.close()


def rows(app, sql):
    with app.place.store() as store:
        return store.rows(sql)


def test_every_letter_is_archived_byte_for_byte_and_none_is_dropped(app) -> None:
    kept = {sighting.sha256 for sighting, _ in app.place.archive.sightings()}
    indexed = {row["evidence"] for row in rows(app, "SELECT evidence FROM messages")}

    assert kept == indexed == {hashlib.sha256(raw).hexdigest() for _, raw in ALL}
    for sha256 in kept:
        app.place.archive.raw(sha256)  # compares the bytes with the name


def test_nothing_that_a_stranger_or_a_machine_wrote_tells_an_event(app) -> None:
    told = {row["evidence"] for row in rows(app, "SELECT evidence FROM events")}

    for number, raw in ALL:
        if number in NEVER_TELL:
            assert hashlib.sha256(raw).hexdigest() not in told, number
    assert told  # the others of the marketplace did tell: the test sees something


def test_a_text_and_a_page_that_disagree_are_told_by_neither(app) -> None:
    raw = next(raw for number, raw in ALL if number == 34)
    evidence = hashlib.sha256(raw).hexdigest()
    [row] = rows(app, f"SELECT outcome FROM messages WHERE evidence = '{evidence}'")

    assert row["outcome"] == "ambiguous"


def test_two_letters_with_one_message_id_are_two(app) -> None:
    same = {hashlib.sha256(raw).hexdigest() for number, raw in ALL if number == 22}

    assert len(same) == 4  # one came twice, byte for byte


def test_no_control_character_is_in_the_index(app) -> None:
    for table in ("messages", "events", "letters_by_order"):
        for row in rows(app, f"SELECT * FROM {table}"):
            for value in row.values():
                assert not isinstance(value, str) or ON_LINES.fullmatch(value), table


def test_the_digest_is_written_and_nothing_in_it_is_markup_or_a_link_of_theirs(
    app,
) -> None:
    with app.place.store() as store:
        today = app.place.scribe.today(store, NOW, everything=True)
        page = preview(store, app.place.scribe.letterhead, today, NOW)

    assert "evil.example/" not in page.html.replace("evil@evil.example", "")
    for href in re.findall(r'href="([^"]*)"', page.html):
        assert href.startswith("mailto:me@example.org")
    for side in (page.subject, page.text, page.html):
        assert ON_LINES.fullmatch(side)
        assert "49" not in side.split("7 * 7")[-1][:5]
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b]", side)


def test_the_run_writes_no_word_of_a_letter_to_a_log(app, caplog) -> None:
    app.place.rebuild()

    assert "\x1b" not in caplog.text
    assert "evil" not in caplog.text


# the limits of the reading processes, with the reader that is used


def through(tmp_path, letters, **limits):
    """Read letters in a child with limits; return the problems by their order."""
    tasks = []
    for number, raw in enumerate(letters):
        path = tmp_path / f"{number}.eml"
        path.write_bytes(raw)
        tasks.append(task_of(a_sighting(raw), path))
    with Pool("triage.jobs.reading:reader", READING, workers=1, **limits) as pool:
        return [problem for _, _, problem in pool.map(tasks)]


def test_a_letter_that_takes_too_long_costs_only_itself(tmp_path) -> None:
    slow = next(raw for number, raw in ALL if number == 2)

    problems = through(tmp_path, [a_letter(), slow, a_letter(text="2")], seconds=1.0)

    assert problems == ["", "took too long", ""]


def test_a_letter_that_needs_too_much_memory_costs_only_itself(tmp_path) -> None:
    fat = a_letter(attachments=[("a.bin", "application/octet-stream", bytes(15 << 20))])

    problems = through(tmp_path, [a_letter(), fat, a_letter(text="2")], memory=24 << 20)

    assert problems == ["", "needed too much memory", ""]


def test_a_letter_that_could_not_be_read_is_archived_counted_and_told(app) -> None:
    [row] = rows(app, "SELECT count(*) n FROM messages WHERE outcome = 'unreadable'")
    with app.place.store() as store:
        today = app.place.scribe.today(store, NOW, everything=True)

    assert row["n"] >= 3
    assert today.health.unread >= row["n"]
    assert len(today.letters.unread) >= row["n"]
