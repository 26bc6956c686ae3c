"""What cannot wait for the letter of the day is told at once: once, and not at night."""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from builders import MOSCOW, at
from icalendar import Calendar
from standings import HEADS, TODAY, WELL, a_standing, a_step, some_packs

from triage.core.act import Act, ActKind
from triage.core.deadline import Term
from triage.core.digest import Today
from triage.core.mention import load_mentions
from triage.core.news import Letters, Recognised
from triage.core.rule import Grace, Rule, Scope
from triage.core.step import Standing
from triage.edges import cases, mentions, outbox
from triage.edges.journal import Journal
from triage.edges.store import Store
from triage.jobs.act import catch_up
from triage.jobs.alert import alert, worth_a_look
from triage.jobs.compose import compose, news_span
from triage.jobs.wrap import Letterhead

OWNER = "me@example.org"
NIGHT = (time(22), time(8))
HEAD = Letterhead(to=OWNER, sender=OWNER, zone=MOSCOW, quiet=NIGHT)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "index.sqlite3") as made:
        yield made


def a_rule(name: str, *, at_once: bool) -> Rule:
    return Rule(
        id=name,
        title="…",
        scope=Scope.ORDER,
        since=(),
        until=(),
        grace=Grace(term=Term(0)),
        report=True,
        basis="…",
        quiet_when="…",
        at_once=at_once,
    )


RULES = (
    a_rule("refund-missing", at_once=False),
    a_rule("return-refused", at_once=True),
)


def a_deadline(days: int, today: date = TODAY, **more: Any) -> Standing:
    step = a_step(
        "claim", deadline_on=TODAY + timedelta(days=days), deadline_of="owner"
    )
    return a_standing(step=step, today=today, **more)


def refused(**more: Any) -> Standing:
    return a_standing(name="return-refused", **more)


def what_is(*standings: Standing, **more: Any) -> Today:
    packs = some_packs()
    [shop] = packs.marketplaces
    values: dict[str, Any] = {
        "packs": replace(packs, marketplaces=(replace(shop, rules=RULES),)),
        "standings": standings,
        "texts": {},
        "letters": Letters(),
        "health": replace(WELL, last_read_at=more.pop("now", at("2026-11-23 07:40"))),
        "heads": HEADS,
    }
    return Today(**{**values, **more})


def a_morning(store: Store, *standings: Standing, day: str = "2026-11-22") -> None:
    """Send the digest of a day."""
    now = at(f"{day} 08:00")
    assert compose(store, replace(HEAD, always=True), what_is(*standings), now)
    arrive(store, now)


def arrive(store: Store, now: datetime) -> None:
    for key in outbox.due(store, now):
        letter = outbox.take(store, key, now)
        assert letter
        outbox.finish(store, letter, "accepted")


def letters(store: Store) -> list[EmailMessage]:
    found = []
    for row in store.rows("SELECT raw FROM outbox ORDER BY composed_at"):
        letter = email.message_from_bytes(row["raw"], policy=email.policy.default)
        assert isinstance(letter, EmailMessage)
        found.append(letter)
    return found


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body
    return str(body.get_content())


def test_a_new_case_with_a_short_window_is_told_at_once(store: Store) -> None:
    a_morning(store)

    assert alert(store, HEAD, what_is(refused()), at("2026-11-23 14:00"))

    letter = letters(store)[-1]
    assert letter["Subject"].startswith("Срочно: 1 дело требует ответа")
    assert letter["X-Triage"] == "urgent"
    assert letter["Message-ID"].startswith("<now.2026-11-23.")
    assert "Это письмо не ждало утра" in text_of(letter)


def test_a_case_with_time_enough_waits_for_the_morning(store: Store) -> None:
    a_morning(store)

    assert not alert(store, HEAD, what_is(a_standing()), at("2026-11-23 14:00"))


@pytest.mark.parametrize(("days", "told"), [(3, False), (2, True), (0, True)])
def test_a_last_day_within_two_days_is_told_at_once(
    store: Store, days: int, told: bool
) -> None:
    a_morning(store)

    assert alert(store, HEAD, what_is(a_deadline(days)), at("2026-11-23 14:00")) is told


def test_a_last_day_that_moves_near_is_told_though_the_case_is_known(
    store: Store,
) -> None:
    a_morning(store, a_deadline(20, today=TODAY - timedelta(days=1)))

    assert alert(store, HEAD, what_is(a_deadline(2)), at("2026-11-23 14:00"))


def test_a_last_day_that_the_digest_told_as_near_is_not_told_again(
    store: Store,
) -> None:
    near = a_deadline(1, today=TODAY - timedelta(days=1))
    a_morning(store, near)

    later = what_is(a_deadline(1))
    assert not alert(store, HEAD, later, at("2026-11-23 14:00"))


def test_what_was_told_at_once_is_not_told_at_once_again(store: Store) -> None:
    a_morning(store)
    case = refused()
    alert(store, HEAD, what_is(case), at("2026-11-23 14:00"))
    arrive(store, at("2026-11-23 14:00"))

    for hours in range(1, 30):
        now = at("2026-11-23 14:00") + timedelta(hours=hours)
        assert not alert(store, HEAD, what_is(case), now)


def test_a_lost_index_tells_nothing_at_once_again(store: Store, tmp_path: Path) -> None:
    a_morning(store)
    alert(store, HEAD, what_is(refused()), at("2026-11-23 14:00"))
    rows = store.rows("SELECT key FROM outbox ORDER BY composed_at")
    journal = Journal(tmp_path / "evidence")
    for key in (row["key"] for row in rows):
        [row] = store.rows("SELECT * FROM outbox WHERE key = ?", key)
        data = {name: row[name] for name in ("key", "mentions", "heads", "days")}
        journal.append(
            Act(at=at("2026-11-23 14:00"), kind=ActKind.DIGEST_ACCEPTED, data=data)
        )

    with Store(tmp_path / "again.sqlite3") as again:
        catch_up(again, journal)
        later = at("2026-11-23 15:00")
        assert not alert(again, HEAD, what_is(refused()), later)
        assert outbox.announced(again) == outbox.announced(store)


def test_the_next_digest_does_not_tell_it_as_new(store: Store) -> None:
    a_morning(store)
    alert(store, HEAD, what_is(refused()), at("2026-11-23 14:00"))
    arrive(store, at("2026-11-23 14:00"))

    tomorrow = what_is(refused(today=TODAY + timedelta(days=1)))
    assert compose(store, HEAD, tomorrow, at("2026-11-24 08:00"))

    assert "Новое дело. " not in text_of(letters(store)[-1])
    [told] = load_mentions(
        store.rows("SELECT mentions FROM outbox ORDER BY composed_at")[-1]["mentions"]
    )
    assert told.reason == "reminder"


def test_the_letters_of_the_day_stay_news_for_the_digest(store: Store) -> None:
    a_morning(store)
    alert(store, HEAD, what_is(refused()), at("2026-11-23 14:00"))
    arrive(store, at("2026-11-23 14:00"))

    span = news_span(store, at("2026-11-24 08:00"))

    assert span.since == at("2026-11-22 08:00")


def test_an_urgent_letter_tells_only_what_is_urgent(store: Store) -> None:
    a_morning(store)
    other = a_standing(order="12345678-0009", number=9)
    arrived = Recognised(order="1-1", title="в пути", received_on=TODAY)
    letters_of_day = Letters(recognised=[arrived])

    day = what_is(refused(), other, letters=letters_of_day)
    alert(store, HEAD, day, at("2026-11-23 14:00"))

    text = text_of(letters(store)[-1])
    assert "Дело 3" in text
    assert "Дело 9" not in text
    assert "в пути" not in text
    assert set(mentions.told(store)) == {refused().case.id}


def test_several_cases_of_one_moment_are_one_letter(store: Store) -> None:
    a_morning(store)
    both = what_is(refused(), refused(order="12345678-0002", number=4))

    alert(store, HEAD, both, at("2026-11-23 14:00"))

    assert len(letters(store)) == 2  # with the digest of the day before
    assert letters(store)[-1]["Subject"].startswith("Срочно: 2 дела")


def test_the_first_letter_of_all_is_a_digest(store: Store) -> None:
    assert not alert(store, HEAD, what_is(refused()), at("2026-11-23 14:00"))


def test_no_day_has_more_urgent_letters_than_a_person_would_bear(store: Store) -> None:
    a_morning(store)
    sent = 0
    for number in range(8):
        now = at("2026-11-23 10:00") + timedelta(hours=number)
        case = refused(order=f"12345678-000{number}", number=number + 1)
        sent += alert(store, HEAD, what_is(case), now)
        arrive(store, now)

    assert sent == 3


def test_what_no_server_took_is_told_by_the_digest(store: Store) -> None:
    a_morning(store)
    alert(store, HEAD, what_is(refused()), at("2026-11-23 14:00"))

    tomorrow = what_is(refused(today=TODAY + timedelta(days=1)))
    assert compose(store, HEAD, tomorrow, at("2026-11-24 08:00"))

    assert "Новое дело. " in text_of(letters(store)[-1])
    states = [row["state"] for row in store.rows("SELECT state FROM outbox")]
    assert sorted(states) == ["accepted", "queued", "withdrawn"]


def test_what_a_digest_told_since_is_not_new_when_the_urgent_letter_is_refused(
    store: Store,
) -> None:
    a_morning(store)
    evening = replace(HEAD, at=time(20), always=True)
    urgent_at, digest_at = at("2026-11-23 14:00"), at("2026-11-23 20:00")
    alert(store, evening, what_is(refused()), urgent_at)
    [key] = outbox.due(store, urgent_at)
    letter = outbox.take(store, key, urgent_at)
    assert letter
    outbox.finish(store, letter, "unsure")
    assert compose(store, evening, what_is(refused()), digest_at)

    again = outbox.take(store, key, digest_at)
    assert again
    mentions.withdraw(store, again.key, again.mentions)
    outbox.finish(store, again, "rejected", "550 no")
    arrive(store, digest_at)

    tomorrow = what_is(refused(today=TODAY + timedelta(days=1)))
    assert compose(store, evening, tomorrow, at("2026-11-24 20:00"))
    assert "Новое дело. " not in text_of(letters(store)[-1])


def test_what_a_refused_urgent_letter_told_is_new_in_the_next_digest(
    store: Store,
) -> None:
    a_morning(store)
    alert(store, HEAD, what_is(refused()), at("2026-11-23 14:00"))
    [key] = outbox.due(store, at("2026-11-23 14:00"))
    letter = outbox.take(store, key, at("2026-11-23 14:00"))
    assert letter
    mentions.withdraw(store, letter.key, letter.mentions)
    outbox.finish(store, letter, "rejected", "550 no")

    tomorrow = what_is(refused(today=TODAY + timedelta(days=1)))
    assert compose(store, HEAD, tomorrow, at("2026-11-24 08:00"))
    assert "Новое дело. " in text_of(letters(store)[-1])


def test_an_urgent_letter_carries_the_calendar_of_all_cases(store: Store) -> None:
    a_morning(store)
    waiting = a_standing(
        "waiting", waiting_until=date(2026, 11, 30), order="12345678-0009", number=9
    )

    alert(store, HEAD, what_is(a_deadline(1), waiting), at("2026-11-23 14:00"))

    [part] = letters(store)[-1].iter_attachments()
    days = {
        event.decoded("dtstart")
        for event in Calendar.from_ical(part.get_content()).walk("VEVENT")
    }
    assert days == {date(2026, 11, 24), date(2026, 11, 30)}


@pytest.mark.parametrize(
    ("hour", "free"),
    [
        ("2026-11-23 21:59", True),
        ("2026-11-23 22:00", False),
        ("2026-11-24 03:00", False),
        ("2026-11-24 08:00", True),
    ],
)
def test_at_night_the_owner_is_left_alone(store: Store, hour: str, free: bool) -> None:
    head = replace(HEAD, at=time(20))
    assert worth_a_look(store, head, at(hour), touched=True) is free


def test_what_came_up_at_night_is_looked_at_when_it_is_over(store: Store) -> None:
    head = replace(HEAD, at=time(20), quiet=(time(13), time(15)))
    alert(store, head, what_is(), at("2026-11-23 12:00"))

    assert not worth_a_look(store, head, at("2026-11-23 14:00"), touched=True)
    assert worth_a_look(store, head, at("2026-11-23 15:00"), touched=False)


def test_without_quiet_hours_any_hour_will_do(store: Store) -> None:
    head = replace(HEAD, quiet=None)

    assert worth_a_look(store, head, at("2026-11-23 03:00"), touched=True)


def test_shortly_before_the_digest_nothing_else_goes_out(store: Store) -> None:
    head = replace(HEAD, at=time(12))

    assert not worth_a_look(store, head, at("2026-11-23 11:30"), touched=True)
    assert worth_a_look(store, head, at("2026-11-23 10:30"), touched=True)


def test_where_nothing_changed_nobody_looks_twice(store: Store) -> None:
    now = at("2026-11-23 14:00")
    alert(store, HEAD, what_is(), now)

    assert not worth_a_look(store, HEAD, now, touched=False)
    assert worth_a_look(store, HEAD, now + timedelta(days=1), touched=False)
    case = refused()
    cases.save_assessment(store, "shop", case.case.order, [case], None)
    assert worth_a_look(store, HEAD, now, touched=False)  # also after a crash


def test_the_days_letters_are_counted_by_the_journal_too(store: Store) -> None:
    key = outbox.urgent_key(TODAY, "ab12")
    told = {"key": key, "mentions": "[]"}
    act = Act(at=at("2026-11-23 14:00"), kind=ActKind.DIGEST_ACCEPTED, data=told)

    cases.add_acts(store, [act], 1)  # all that a rebuild leaves of a letter

    assert outbox.urgent_on(store, TODAY) == 1
