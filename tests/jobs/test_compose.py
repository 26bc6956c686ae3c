"""One digest per local day, late rather than never, over clocks that jump."""

import email
import email.policy
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from builders import MOSCOW, at
from icalendar import Calendar
from standings import HEADS, MORNING, TODAY, WELL, a_standing, a_step, some_packs

from triage.core.act import Act, ActKind
from triage.core.digest import Today
from triage.core.news import Letters
from triage.core.step import Standing
from triage.edges import cases, mentions, outbox
from triage.edges.store import Store
from triage.errors import ConfigError
from triage.jobs.compose import compose, due, news_span, preview, try_templates
from triage.jobs.wrap import Letterhead

OWNER = "me@example.org"
MINUTES = timedelta(minutes=1)


@pytest.fixture
def reopen(tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Open the index as a program that was started again would."""
    opened: list[Store] = []

    def again() -> Store:
        for store in opened:
            store.close()
        opened.append(Store(tmp_path / "index.sqlite3"))
        return opened[-1]

    yield again
    for store in opened:
        store.close()


@pytest.fixture
def store(reopen: Callable[[], Store]) -> Store:
    return reopen()


def a_head(**more: Any) -> Letterhead:
    return Letterhead(**{"to": OWNER, "sender": OWNER, "zone": MOSCOW, **more})


def news(*standings: Standing, **more: Any) -> Today:
    values: dict[str, Any] = {
        "packs": some_packs(),
        "standings": standings,
        "texts": {},
        "letters": Letters(),
        "health": WELL,
        "heads": HEADS,
    }
    return Today(**{**values, **more})


def on_day(now: datetime, zone: ZoneInfo = MOSCOW) -> Today:
    """Tell of one open case as of the day of an instant, with mail just read."""
    today = now.astimezone(zone).date()
    health = type(WELL)(on_server=1, archived=1, unread=0, last_read_at=now)
    return news(a_standing(today=today), health=health)


def rows(store: Store) -> list[dict[str, Any]]:
    return store.rows("SELECT * FROM outbox ORDER BY key")


def letter_of(store: Store) -> EmailMessage:
    letter = email.message_from_bytes(
        rows(store)[-1]["raw"], policy=email.policy.default
    )
    assert isinstance(letter, EmailMessage)
    return letter


def text_of(store: Store) -> str:
    body = letter_of(store).get_body(("plain",))
    assert body
    return str(body.get_content())


def test_nothing_is_composed_before_the_owners_hour(store: Store) -> None:
    head = a_head(at=time(8))

    assert not compose(store, head, news(a_standing()), at("2026-11-23 07:59"))
    assert compose(store, head, news(a_standing()), at("2026-11-23 08:00"))


def test_a_program_that_slept_over_the_hour_composes_late(store: Store) -> None:
    assert compose(store, a_head(), news(a_standing()), at("2026-11-23 11:30"))
    assert not compose(store, a_head(), news(a_standing()), at("2026-11-23 11:40"))


@pytest.mark.parametrize(
    ("zone", "hour", "start"),
    [
        ("Europe/Berlin", time(2, 30), "2026-03-27 00:00"),  # 02:30 is left out
        ("Europe/Berlin", time(2, 30), "2026-10-23 00:00"),  # 02:30 comes twice
        ("Pacific/Chatham", time(3, 0), "2026-09-25 00:00"),
        ("America/St_Johns", time(0, 0), "2026-03-06 00:00"),
        ("Europe/Moscow", time(23, 59), "2026-12-30 00:00"),
    ],
)
def test_every_local_day_has_one_digest_however_often_we_start(
    reopen: Callable[[], Store], zone: str, hour: time, start: str
) -> None:
    local = ZoneInfo(zone)
    head = a_head(zone=local, at=hour, always=True)
    begin = datetime.fromisoformat(start).replace(tzinfo=local).astimezone(UTC)
    store = reopen()
    for tick in range(5 * 24 * 6 + 3):
        now = begin + tick * 10 * MINUTES
        if due(store, head, now) and compose(store, head, on_day(now, local), now):
            [letter] = outbox.withdrawable(store)
            taken = outbox.take(store, letter.key, now)
            assert taken
            outbox.finish(store, taken, "accepted")
            store = reopen()

    days = {(begin + n * MINUTES * 60).astimezone(local).date() for n in range(120)}
    keys = [row["key"].removeprefix("digest:") for row in rows(store)]
    assert {date.fromisoformat(key) for key in keys} >= days - {max(days)}
    composed = [datetime.fromisoformat(row["composed_at"]) for row in rows(store)]
    gaps = [later - earlier for earlier, later in pairwise(composed)]
    assert all(timedelta(hours=22) < gap < timedelta(hours=26) for gap in gaps)


def test_an_evening_letter_may_come_after_midnight(store: Store) -> None:
    head = a_head(at=time(23, 59))

    assert due(store, head, at("2026-11-23 05:30")) == date(2026, 11, 22)
    assert due(store, head, at("2026-11-23 06:30")) is None
    assert compose(store, head, news(a_standing()), at("2026-11-23 00:04"))
    assert not compose(store, head, news(a_standing()), at("2026-11-23 00:14"))
    assert [row["key"] for row in rows(store)] == ["digest:2026-11-22"]


def test_days_without_the_program_are_not_made_up_for(store: Store) -> None:
    compose(store, a_head(), on_day(at("2026-11-20 08:00")), at("2026-11-20 08:00"))
    letter = outbox.take(store, "digest:2026-11-20", at("2026-11-20 08:00"))
    assert letter
    outbox.finish(store, letter, "accepted")

    for minute in range(0, 60, 10):
        now = at("2026-11-23 09:00") + minute * MINUTES
        compose(store, a_head(), on_day(now), now)

    assert [row["key"] for row in rows(store)] == [
        "digest:2026-11-20",
        "digest:2026-11-23",
    ]


def test_a_quiet_day_is_considered_once_and_sends_nothing(store: Store) -> None:
    compose(store, a_head(), news(), at("2026-11-22 08:00"))
    letter = outbox.take(store, "digest:2026-11-22", at("2026-11-22 08:00"))
    assert letter
    outbox.finish(store, letter, "accepted")
    now = at("2026-11-23 08:00")

    assert due(store, a_head(), now)
    assert not compose(store, a_head(), news(), now)
    assert not due(store, a_head(), now + 10 * MINUTES)
    assert len(rows(store)) == 1


def test_a_quiet_month_has_a_sign_of_life_each_week(store: Store) -> None:
    for day in range(29):
        now = at("2026-11-01 08:00") + timedelta(days=day)
        health = type(WELL)(on_server=1, archived=1, unread=0, last_read_at=now)
        if compose(store, a_head(), news(health=health), now):
            [key] = outbox.due(store, now)
            letter = outbox.take(store, key, now)
            assert letter
            outbox.finish(store, letter, "accepted")

    assert [row["key"][-2:] for row in rows(store)] == ["01", "08", "15", "22", "29"]


def test_letter_and_mentions_are_queued_together_or_not_at_all(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = at("2026-11-23 08:00")

    def disk_full(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(mentions, "note", disk_full)
        with pytest.raises(OSError, match="disk full"):
            compose(store, a_head(), news(a_standing()), now)

    assert (rows(store), dict(mentions.told(store))) == ([], {})
    assert due(store, a_head(), now)
    assert compose(store, a_head(), news(a_standing()), now)
    assert [len(rows(store)), len(mentions.told(store))] == [1, 1]


def test_the_letter_says_that_a_program_wrote_it(store: Store) -> None:
    compose(store, a_head(), news(a_standing()), at("2026-11-23 08:05"))

    letter = letter_of(store)

    assert letter["Message-ID"] == "<digest.2026-11-23.855c94f3@triage.invalid>"
    assert rows(store)[0]["message_id"] == letter["Message-ID"]
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["X-Triage"] == "digest"
    assert letter["Date"] == "Mon, 23 Nov 2026 08:05:00 +0300"
    assert (letter["To"], letter["From"]) == (OWNER, f"triage <{OWNER}>")
    assert letter["Subject"] == "1 дело требует ответа сегодня · в работе 12 490 ₽"
    assert [part.get_content_type() for part in letter.iter_parts()] == [
        "text/plain",
        "text/html",
    ]


def test_a_subject_from_mail_adds_no_header(store: Store, tmp_path: Path) -> None:
    (tmp_path / "ru").mkdir()
    subject = tmp_path / "ru" / "digest.subject.j2"
    subject.write_text("{{ digest.actions[0].case.title }}")
    evil = a_standing(title="=?utf-8?q?a=0ABcc:_evil@example.com?=\r\nCc: x@y")

    compose(store, a_head(own=tmp_path), news(evil), at("2026-11-23 08:00"))

    letter = letter_of(store)
    assert not {"Bcc", "Cc"} & set(letter.keys())
    assert letter["Subject"] == "= ?utf-8?q?a=0ABcc:_evil@example.com?= Cc: x@y"


def test_a_digest_no_server_has_seen_gives_way_to_todays(store: Store) -> None:
    yesterday, now = at("2026-11-22 08:00"), at("2026-11-23 08:00")
    compose(store, a_head(), on_day(yesterday), yesterday)
    letter = outbox.take(store, "digest:2026-11-22", yesterday)
    assert letter
    outbox.finish(store, letter, "deferred", "нет связи")

    assert compose(store, a_head(), on_day(now), now)

    assert [row["state"] for row in rows(store)] == ["withdrawn", "queued"]
    [[told]] = mentions.told(store).values()
    assert (told.told_on, told.reason) == (TODAY, "new")
    assert "Новое дело" in text_of(store)


def test_a_digest_that_may_have_arrived_stays(store: Store) -> None:
    yesterday, now = at("2026-11-22 08:00"), at("2026-11-23 08:00")
    compose(store, a_head(), on_day(yesterday), yesterday)
    letter = outbox.take(store, "digest:2026-11-22", yesterday)
    assert letter
    outbox.finish(store, letter, "unsure")

    compose(store, a_head(), on_day(now), now)

    assert [row["state"] for row in rows(store)] == ["unsure", "queued"]
    assert "напоминание" in text_of(store)


def test_news_that_a_lost_digest_would_have_told_is_told_the_day_after(
    store: Store,
) -> None:
    yesterday, now = at("2026-11-22 08:00"), at("2026-11-23 08:00")
    compose(store, a_head(), news(), yesterday)

    assert news_span(store, now).since == now - timedelta(days=1)
    assert compose(store, a_head(), news(), now)  # nothing new, but a day was missed


def test_letters_are_news_since_the_last_digest(store: Store) -> None:
    composed = at("2026-11-20 08:10")
    compose(store, a_head(), on_day(composed), composed)
    letter = outbox.take(store, "digest:2026-11-20", composed)
    assert letter
    outbox.finish(store, letter, "accepted")

    now = at("2026-11-23 08:00")
    assert news_span(store, now).since == composed
    assert news_span(store, composed, composed - MINUTES).since < composed


def test_a_lost_index_sends_no_digest_again(store: Store) -> None:
    data = {"key": "digest:2026-11-23", "mentions": "[]"}
    now = at("2026-11-23 09:00")
    cases.add_acts(store, [Act(at=now, kind=ActKind.DIGEST_ACCEPTED, data=data)], 1)

    assert not compose(store, a_head(), news(a_standing()), now)
    assert not compose(store, a_head(), news(a_standing()), now, at_once=True)
    assert news_span(store, now + MINUTES).since == now


def test_at_once_means_at_any_hour_and_still_once(store: Store) -> None:
    now = at("2026-11-23 03:00")

    assert compose(store, a_head(), news(), now, at_once=True)
    assert not compose(store, a_head(), news(), now, at_once=True)
    assert not compose(store, a_head(), news(), at("2026-11-23 08:00"))


def test_a_preview_leaves_no_trace(store: Store) -> None:
    now = at("2026-11-23 07:00")

    page = preview(store, a_head(), news(a_standing()), now)

    assert page.subject.startswith("1 дело")
    assert (rows(store), dict(mentions.told(store))) == ([], {})
    compose(store, a_head(), news(a_standing()), at("2026-11-23 08:00"))
    assert preview(store, a_head(), news(a_standing()), now).subject == page.subject


def test_a_broken_template_of_the_owners_keeps_no_digest_back(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "ru").mkdir()
    (tmp_path / "ru" / "digest.txt.j2").write_text("{{ digest.nonsense }}")
    now = at("2026-11-23 08:00")

    assert compose(store, a_head(own=tmp_path), news(a_standing()), now)

    assert "own template" in caplog.text


def test_a_broken_template_is_found_before_it_is_needed(tmp_path: Path) -> None:
    (tmp_path / "ru").mkdir()
    (tmp_path / "ru" / "digest.html.j2").write_text("{% if %}")

    with pytest.raises(ConfigError, match="шаблон дайджеста"):
        try_templates(a_head(own=tmp_path), some_packs(), at("2026-11-23 08:00"))


def test_deadlines_come_as_a_calendar_beside_the_letter(store: Store) -> None:
    step = a_step(
        "claim", deadline_on=date(2026, 12, 5), deadline_of="owner", deadline_kind="LAW"
    )
    compose(store, a_head(), news(a_standing(step=step)), MORNING)
    (file,) = letter_of(store).iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == (
        "text/calendar",
        "triage.ics",
    )
    assert file.get_param("method") == "PUBLISH"
    (event,) = Calendar.from_ical(file.get_content()).walk("VEVENT")
    assert event.decoded("dtstart") == date(2026, 12, 5)
    assert str(event["summary"]) == "Последний день: Претензия продавцу (дело 3)"


def test_without_a_day_to_keep_there_is_no_calendar(store: Store) -> None:
    compose(store, a_head(), news(a_standing()), MORNING)
    assert list(letter_of(store).iter_attachments()) == []
