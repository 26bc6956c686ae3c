"""An answer counts only from the owner, proved, once, and for what it was meant for."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from postbag import OWNER, VOUCHED, Postbag, a_picture
from world import World

from triage.core.act import Act, ActKind
from triage.core.button import Replies
from triage.edges.journal import Journal
from triage.jobs import answer_mail
from triage.jobs.clerk import listener_of

pytestmark = pytest.mark.usefixtures("hurried")
START = datetime(2026, 11, 10, 5, 0, tzinfo=UTC)
INBOX = {"folder": "INBOX"}
PROVED = {"folder": "INBOX", "Authentication_Results": VOUCHED}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, START) as world:
        world.pass_a_morning()
        yield world


@pytest.fixture
def bag(world: World) -> Postbag:
    return Postbag(world)


def kinds(bag: Postbag) -> list[str]:
    return [act.kind.value for act in bag.acts()]


def said(bag: Postbag) -> Replies:
    replies = bag.said()
    assert isinstance(replies, Replies)
    return replies


def journal(world: World) -> object:
    return world.app.place.journal.head()


# --- what counts


@pytest.mark.parametrize("way", [{}, PROVED], ids=["sent", "inbox-proved"])
def test_the_owners_reply_counts_from_sent_or_proved_by_the_provider(bag, way):
    bag.reply("готово 2", **way)
    bag.tick()

    assert kinds(bag) == ["step_done"]
    [told] = said(bag).heeded
    assert told.line.startswith("Дело 2: шаг «")
    assert told.undo.label == "Отменить"


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("отложить на 3 дня", "snoozed"),
        ("решено", "resolved"),
        ("готово", "step_done"),
    ],
)
def test_a_button_does_what_it_says_once(bag, word, kind):
    button = bag.buttons(2)[word]
    bag.press(button)
    bag.tick()
    assert kinds(bag) == [kind]

    bag.press(button)
    bag.tick()

    assert kinds(bag) == [kind]
    assert [one.why for one in said(bag).unclear] == [
        "эта кнопка уже сработала; второй раз она не действует"
    ]


def test_copies_of_one_letter_in_three_folders_count_once(bag):
    raw = bag.press(bag.buttons(2)["готово"])
    bag.drop(b"Received: from a by b; now\r\n" + raw, "INBOX", bag.world.now)
    bag.drop(b"X-Copy: 1\r\n" + raw, "Sent", bag.world.now)
    bag.tick()
    bag.drop(b"X-Copy: 2\r\n" + raw, "Sent", bag.world.now)
    bag.drop(
        re.sub(rb"Message-ID: <", b"Message-ID: <again.", raw), "Sent", bag.world.now
    )
    bag.tick()

    assert kinds(bag) == ["step_done"]
    assert not said(bag).unclear
    assert not said(bag).refused


def test_what_was_done_can_be_taken_back_by_the_button_beside_it(bag):
    bag.reply("решено 2")
    bag.tick()
    [told] = said(bag).heeded
    bag.press(told.undo.url)
    bag.tick()

    assert kinds(bag) == ["resolved", "undone"]
    assert [one.line for one in said(bag).heeded] == ["Взято назад: Дело 2 закрыто."]
    with bag.world.app.place.store() as store:
        today = bag.world.app.place.scribe.today(store, bag.world.now)
    assert "resolved" not in {s.state for s in today.standings if s.number == 2}


def test_a_word_takes_the_last_act_back(bag):
    bag.reply("решено 2")
    bag.tick()
    bag.reply("Отмена")
    bag.tick()

    assert kinds(bag) == ["resolved", "undone"]


def test_files_of_a_reply_become_evidence_of_its_case(bag):
    picture, receipt = a_picture(), b"%PDF-1.4 not much of one"
    bag.reply(
        "готово 2",
        files=(
            ("../../снимок\u202e.png", "image/png", picture),
            ("чек.pdf", "application/pdf", receipt),
            ("logo.png", "image/png", b"\x89PNG tiny"),
            ("triage.ics", "text/calendar", b"BEGIN:VCALENDAR"),
        ),
    )
    bag.tick()

    files = bag.acts(ActKind.ATTACHED)
    assert [one.data["name"] for one in files] == ["снимок.png", "чек.pdf"]
    assert {one.case for one in files} == {bag.acts(ActKind.STEP_DONE)[0].case}
    archive = bag.world.app.place.archive
    kept = [archive.attachment_path(one.data["sha256"]).read_bytes() for one in files]
    assert kept == [picture, receipt]


def test_a_file_without_a_word_of_its_case_is_asked_about_where_there_are_several(bag):
    with bag.world.app.place.store() as store:
        alive = bag.world.app.place.scribe.today(store, bag.world.now).standings
    assert len(alive) > 1

    bag.reply("вот", files=(("снимок.png", "image/png", a_picture()),))
    bag.tick()
    assert kinds(bag) == []
    assert "к какому делу" in said(bag).unclear[0].why

    bag.reply("к делу 2", files=(("снимок.png", "image/png", a_picture()),))
    bag.tick()
    assert kinds(bag) == ["attached"]


def test_what_is_not_understood_comes_back_masked_with_what_can_be_said(bag):
    bag.reply("синхрофазотрон 2, код 123456")
    bag.tick()

    [lost] = said(bag).unclear
    assert "синхрофазотрон" in lost.words
    assert "123456" not in lost.words
    assert "готово 3" in said(bag).hints


@pytest.mark.parametrize(
    "quoted",
    [
        "вт, 10 нояб. 2026 г. в 08:00, triage <anna@mail.example>:\n> решено 2\n> готово 1",
        "-----Original Message-----\nFrom: triage\nTo: me\nSubject: дела\n\nрешено 2",
    ],
)
def test_what_the_reply_quotes_is_not_said(bag, quoted):
    bag.reply(f"готово 2\n\nОтправлено с iPhone\n\n{quoted}\n")
    bag.tick()

    assert kinds(bag) == ["step_done"]
    assert not said(bag).unclear


def test_a_reply_in_html_only_is_read(bag):
    html = (
        "<html><body><div>Готово&nbsp;2</div><div><br></div>"
        '<div class="gmail_quote"><div>вт, 10 нояб. 2026 г. в 08:00, triage'
        " &lt;anna@mail.example&gt;:</div><blockquote>решено 2</blockquote></div>"
        "</body></html>"
    )
    bag.reply("", html=html)
    bag.tick()

    assert kinds(bag) == ["step_done"]


@pytest.mark.parametrize(
    "quoted",
    [
        "<blockquote>решено 2<blockquote>решено 1</blockquote></blockquote>",
        '<div class="gmail_quote">решено 2</div>',
        '<div class="mail-quote yahoo_quoted"><p>решено 2</p></div>',
    ],
)
def test_what_a_page_marks_as_quoted_is_not_said(bag, quoted):
    bag.reply("", html=f"<p>готово 2</p>{quoted}<p>Спасибо</p>")
    bag.tick()

    assert kinds(bag) == ["step_done"]


# --- what does not


@pytest.mark.parametrize(
    "forged",
    [
        INBOX,
        {**INBOX, "Authentication_Results": "mx.mail.example; dkim=fail; dmarc=fail"},
        {
            **INBOX,
            "Authentication_Results": "mx.mail.example; dkim=pass header.d=evil.example",
        },
        {
            **INBOX,
            "Authentication_Results": "mx.evil.example; dkim=pass header.d=mail.example",
        },
        {**PROVED, "From": f"{OWNER}, thief@evil.example"},
        {**PROVED, "From": f'"{OWNER}" <thief@evil.example>'},
        {"folder": "Spam"},
    ],
    ids=["bare", "failed", "unaligned", "foreign", "two", "name-only", "spam"],
)
@pytest.mark.parametrize("by", ["words", "button"])
def test_a_forged_sender_does_nothing(bag, forged, by):
    button = bag.buttons(2)["решено"]
    if by == "words":
        bag.reply("решено 2", **forged)
    else:
        bag.press(button, **forged)
    before = journal(bag.world)
    bag.tick()

    assert kinds(bag) == []
    assert journal(bag.world) == before
    assert len(said(bag).refused) == 1


@pytest.mark.parametrize("by", ["words", "button"])
def test_an_answer_of_somebody_who_was_shown_the_digest_does_nothing(bag, by):
    friend = {
        "folder": "INBOX",
        "From": "Друг <friend@other.example>",
        "Authentication_Results": "mx.mail.example; dkim=pass header.d=other.example",
    }
    url = bag.buttons(2)["решено"]
    bag.reply("решено 2", **friend) if by == "words" else bag.press(url, **friend)
    bag.tick()

    assert kinds(bag) == []
    assert "с чужого адреса" in said(bag).refused[0]


def test_a_digest_that_the_owner_shows_to_somebody_is_no_answer(bag):
    digest = bag.digest
    for subject, to in (("Fwd: дела", "friend@other.example"), ("Fwd: дела", OWNER)):
        bag.reply("готово 2, посмотри", Subject=subject, To=to)
    bag.reply("решено 2", Subject=f"Re: {digest['Subject']}", To="friend@other.example")
    bag.tick()

    assert kinds(bag) == []
    assert not said(bag)


@pytest.mark.parametrize(
    "change",
    [
        ("triage 2 ", "triage 1 "),
        (r"\[(\d{6})-", "[261109-"),
        (r"\[(\d{6})-(.)", lambda m: f"[{m[1]}-{'1' if m[2] == '0' else '0'}"),
        (r"-([0-9a-f]{20})\]", "-" + "0" * 20 + "]"),
    ],
    ids=["another-case", "another-day", "another-mark", "no-mark"],
)
def test_a_changed_button_does_nothing(bag, change):
    old, new = change
    url = bag.buttons(2)["готово"]
    raw = bag.press(url)
    subject = re.search(
        r"\[261110-[0-9a-f]{20}\]", url.replace("%5B", "[").replace("%5D", "]")
    )
    assert subject
    changed = re.sub(old, new, f"triage 2 готово {subject[0]}", count=1)
    assert changed != f"triage 2 готово {subject[0]}"
    for path in (bag.world.letterbox.root / ".Sent" / "new").glob("*.phone"):
        path.unlink()
    assert raw
    bag.write("", Subject=changed)
    bag.tick()

    assert kinds(bag) == []
    assert "кнопка не от этого дела" in said(bag).unclear[0].why


def test_a_token_of_one_act_does_no_other(bag):
    url = bag.buttons(2)["отложить на 3 дня"]
    token = re.search(r"%5B(\d{6}-[0-9a-f]{20})%5D", url)
    assert token
    bag.write("решено 2", Subject=f"triage 2 решено [{token[1]}]")
    bag.tick()

    assert kinds(bag) == ["snoozed"]  # the token says what is done, not the words


def test_a_button_dies_after_sixty_days(bag):
    url = bag.buttons(2)["решено"]
    bag.world.now += timedelta(days=61)
    bag.press(url)
    bag.tick()

    assert kinds(bag) == []
    assert bag.lost() == ["expired"]


def test_an_answer_to_a_digest_of_long_ago_is_not_heeded(bag):
    digest = bag.digest
    bag.world.now += timedelta(days=61)
    bag.reply("решено 2", to=digest)
    bag.tick()

    assert kinds(bag) == []
    assert bag.lost() == ["old"]


def test_an_answer_to_a_made_up_letter_of_ours_is_not_heeded(bag):
    made_up = f"<digest.2026-11-10.00000000.{'0' * 20}@triage.invalid>"
    bag.write("решено 2", Subject="Re: дела", In_Reply_To=made_up)
    bag.write("решено 2", Subject="Re: дела", In_Reply_To="<digest.1@triage.invalid>")
    bag.tick()

    assert kinds(bag) == []


def test_a_replayed_reply_does_nothing_even_after_a_rebuild(bag):
    raw = bag.reply("готово 2")
    bag.tick()
    (bag.world.app.place.home.index).unlink()
    bag.world.restart().tick()
    bag.drop(b"X-Again: 1\r\n" + raw, "INBOX", bag.world.now)
    bag.drop(re.sub(rb"Message-ID: <", b"Message-ID: <x", raw), "Sent", bag.world.now)
    bag.tick()

    assert kinds(bag) == ["step_done"]


@pytest.mark.parametrize(
    "machine",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
        {"List_Id": "<l.example>"},
        {"Subject": "Автоответ: я в отпуске"},
        {"Subject": "Автоматический ответ: дела"},
        {"Subject": "Out of Office: vacation"},
    ],
    ids=str,
)
def test_an_answering_machine_at_the_owners_own_address_says_nothing(bag, machine):
    before, sent = journal(bag.world), len(bag.world.sent.letters)
    for _ in range(3):  # it answers whatever comes: nothing may come of that
        bag.reply("Меня нет. Готово 2, решено 2", **{**PROVED, **machine})
        bag.tick()

    assert journal(bag.world) == before
    assert len(bag.world.sent.letters) == sent
    assert not said(bag)


def test_a_bounce_of_the_digest_says_nothing(bag):
    report = (
        f"From: MAILER-DAEMON@mail.example\r\nTo: {OWNER}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n"
        f"In-Reply-To: {bag.digest['Message-ID']}\r\n"
        'Content-Type: multipart/report; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nрешено 2\r\n--b--\r\n"
    ).encode()
    before = journal(bag.world)
    bag.drop(report, "INBOX", bag.world.now)
    bag.drop(
        report.replace(b"MAILER-DAEMON@mail.example", OWNER.encode()),
        "Sent",
        bag.world.now,
    )
    bag.tick()

    assert journal(bag.world) == before


def test_a_letter_of_the_marketplace_with_commands_in_it_moves_nothing(bag):
    bag.write(
        "решено 2. готово 2. Закройте дело 2.",
        folder="INBOX",
        From="Ozon <mailer@sender.ozon.ru>",
        Subject="решено 2",
        In_Reply_To=bag.digest["Message-ID"],
        Authentication_Results="mx.mail.example; dkim=pass header.d=ozon.ru",
    )
    bag.tick()

    assert kinds(bag) == []
    assert not said(bag)


@pytest.mark.parametrize("folder", ["INBOX", "Sent"])
def test_our_own_digest_with_its_buttons_is_no_answer(bag, folder):
    before = journal(bag.world)
    bag.drop(bag.world.sent.letters[-1], folder, bag.world.now)
    bag.tick()

    assert journal(bag.world) == before


def test_buttons_of_a_lost_key_are_dead_and_the_digest_says_so(bag):
    url = bag.buttons(2)["решено"]
    bag.world.app.place.home.key.unlink()
    bag.press(url)
    bag.reply("решено 2")
    bag.tick()

    assert kinds(bag) == []
    assert "Ключ кнопок создан заново" in said(bag).new_key
    bag.tick(days=1)
    assert said(bag).new_key == ""
    bag.reply("решено 2")
    bag.tick()
    assert kinds(bag) == ["resolved"]


def test_neither_key_nor_token_nor_words_reach_a_log(bag, caplog):
    with caplog.at_level("DEBUG"):
        bag.press(bag.buttons(2)["решено"])
        bag.reply("готово 1 секретное слово")
        bag.tick()

    key = bag.world.app.place.home.key.read_bytes().hex()
    assert not re.search(rf"{key}|секретное|решено|261110-[0-9a-f]{{20}}", caplog.text)


# --- exactly once


def test_a_program_killed_between_two_acts_of_a_reply_does_each_once(bag, monkeypatch):
    append = Journal.append

    def half(self: Journal, *acts: Act) -> None:
        if any(act.kind is ActKind.REPLIED for act in acts):
            append(self, acts[0])
            raise KeyboardInterrupt
        append(self, *acts)

    bag.reply("отложить 1 до 5.12\nотмена\nрешено 2")
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", half)
        with pytest.raises(KeyboardInterrupt):
            bag.tick()
    bag.world.restart()
    bag.tick()
    bag.tick()

    assert sorted(kinds(bag)) == ["resolved", "snoozed"]
    assert bag.lost() == ["no_act"]


def test_a_reply_taken_in_twice_is_heeded_once(bag):
    bag.reply("готово 2\nрешено 1")
    bag.tick()
    before = journal(bag.world)

    bag.tick()
    bag.tick()

    assert journal(bag.world) == before


# --- what a letter calls received


def test_what_a_letter_calls_received_can_be_said_not_to_have_come(world, bag):
    for _ in range(20):
        world.now += timedelta(days=1)
        world.deliver()
        world.app.tick()
        if button := bag.pressable("не получил"):
            break
    world.now += timedelta(hours=1)
    bag.press(button)
    bag.tick()

    assert kinds(bag) == ["reported"]
    [told] = said(bag).heeded
    assert "Отмечено «Получен», а заказа нет" in told.line


def test_a_reply_at_which_the_program_fails_keeps_neither_another_nor_the_digest_back(
    world, bag, monkeypatch
):
    def failing(clerk, letter):
        if "бяка" in letter.text:
            raise IndexError(letter.text)
        return listener_of(clerk, letter)

    monkeypatch.setattr(answer_mail, "listener_of", failing)
    bag.reply("бяка готово 3")
    bag.reply("готово 2")
    bag.tick()

    assert kinds(bag) == ["step_done"]
    assert [one.why for one in said(bag).unclear] == ["это письмо не разобрать"]
    sent = len(world.sent.letters)
    bag.tick(days=1)
    assert len(world.sent.letters) == sent + 1
