"""Receipts of operators and of the owner's files become events of the orders they are of."""

import os
from datetime import UTC, date, datetime

import pytest
from paperwork import SELLER, a_pdf, receipt_text
from world import World

from triage.core.act import Act, ActKind
from triage.core.settlement import settlement
from triage.edges import messages
from triage.jobs.demo import read_scenario
from triage.jobs.look import order_events
from triage.jobs.receipts import untied

pytestmark = pytest.mark.usefixtures("hurried")
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ONE, TWO = "12345678-0001", "12345678-0002"
OWNER = {"name": "Анна", "email": "anna@mail.example", "phone": "1", "address": "2"}
OPERATOR = "Платформа ОФД <noreply@chek.pofd.ru>"


def paid(order: str, amount: str, at: str, **more: str) -> dict[str, object]:
    return {
        "at": datetime.fromisoformat(f"{at}:00+03:00"),
        "from": "Ozon <mailer@sender.ozon.ru>",
        "vouched": "ozon.ru",
        "subject": "Заказ принят и оплачен",
        "text": f"Заказ {order} принят и оплачен.\nИтого: {amount} ₽",
        **more,
    }


def operator(text: str, at: str, **more: object) -> dict[str, object]:
    return {
        "at": datetime.fromisoformat(f"{at}:00+03:00"),
        "from": OPERATOR,
        "vouched": "pofd.ru",
        "subject": "Чек + (1) подарок",
        "text": text,
        **more,
    }


class Receipts(World):
    def __init__(self, folder, *letters):
        scenario = read_scenario(
            "ozon",
            {
                "begins": date(2026, 11, 1),
                "ends": date(2026, 12, 1),
                "timezone": "Europe/Moscow",
                "authserv": "mx.mail.example",
                "owner": OWNER,
                "letter": list(letters),
            },
        )
        super().__init__(folder, NOW, scenario)
        self.deliver()
        self.tick()

    def tick(self):
        assert self.app.tick().problems == []

    def attach(self, pdf: bytes, order: str | None = ONE, **more):
        place = self.app.place
        with place.writing():
            sha256 = place.archive.add_attachment(pdf)
        data = {"sha256": sha256, "name": "чек.pdf", "media_type": "application/pdf"}
        act = Act(
            at=self.now,
            kind=ActKind.ATTACHED,
            order=order,
            data=data | ({"pack": "ozon"} if order else {}),
            **more,
        )
        place.record(act)
        return act

    def told(self, order: str = ONE):
        """Say which receipts an order has: kind, sum, how sure."""
        place = self.app.place
        with place.store() as store:
            found = order_events(store, [("ozon", order)], self.now)
        return [
            (e.kind.value, e.attributes.get("amount"), e.certainty.word)
            for e in found.get(("ozon", order), [])
            if e.recogniser == "fiscal-receipt"
        ]

    def events(self, order: str = ONE):
        with self.app.place.store() as store:
            return messages.events_of(store, "ozon", [order]).get(order, [])

    def untied(self):
        with self.app.place.store() as store:
            return untied(store)

    def outcomes(self):
        with self.app.place.store() as store:
            rows = store.rows("SELECT sender, outcome, reason FROM messages")
        return {
            (row["outcome"], row["reason"])
            for row in rows
            if "ozon" not in row["sender"]
        }


@pytest.fixture
def home(tmp_path):
    made = []

    def make(*letters):
        made.append(Receipts(tmp_path, *letters))
        return made[-1]

    yield make
    for each in made:
        each.close()


FULL = receipt_text("full", "2490.00", "15.11.2026 12:30")
SECOND = receipt_text(
    "full", "990.00", "15.11.2026 12:31", fd="63526", fpd="0540083617"
)


# --- letters of operators


@pytest.mark.parametrize("kind", ["prepayment", "full", "refund"])
def test_an_operator_s_letter_that_names_its_order_tells_of_the_receipt(home, kind):
    text = receipt_text(kind, "2490.00", "15.11.2026 12:30", more=f"Заказ {ONE}")
    world = home(operator(text, "2026-11-15T12:31"))

    assert world.told() == [(f"receipt_{kind}", "2490.00", "pinned")]
    [event] = world.events()
    assert event.attributes["fiscal"] == "9999078900001234/63525/0540083616"
    assert event.attributes["seller_inn"] == SELLER


def test_a_receipt_s_link_names_its_order(home):
    link = (
        "https://www.ozon.ru/my/e-check/download/"
        f"{ONE}-0a1b2c3d-0001-4000-8000-000000000001-1-1"
    )
    world = home(operator(FULL, "2026-11-15T12:31", button=link))

    assert world.told() == [("receipt_full", "2490.00", "pinned")]


def test_a_receipt_of_another_shop_is_none_of_ours(home):
    text = receipt_text("full", "99.00", "15.11.2026 12:30", inn=SELLER)
    world = home(operator(text, "2026-11-15T12:31"))

    assert world.outcomes() == {("foreign", "")}
    assert world.untied() == []


def test_nobody_vouches_for_a_forged_receipt(home):
    text = receipt_text("refund", "2490.00", "15.11.2026 12:30", more=f"Заказ {ONE}")
    world = home(operator(text, "2026-11-15T12:31", vouched=""))

    assert world.told() == []
    [(outcome, _)] = world.outcomes()
    assert outcome == "unconfirmed"


def test_a_stranger_who_writes_as_an_operator_does_is_not_believed(home):
    text = receipt_text("refund", "2490.00", "15.11.2026 12:30", more=f"Заказ {ONE}")
    world = home(
        operator(
            text,
            "2026-11-15T12:31",
            vouched="evil.example",
            **{"from": "Ozon <noreply@evil.example>"},
        )
    )

    assert world.told() == []


def test_a_receipt_without_a_kind_asserts_nothing(home):
    text = receipt_text("Предоплата (аванс): 2490.00", "2490.00", "15.11.2026 12:30")
    world = home(operator(text, "2026-11-15T12:31"))

    assert world.untied() == []
    [(outcome, reason)] = world.outcomes()
    assert outcome == "unrecognised"
    assert "не видно, какой" in reason


# --- receipts that name no order


PREPAID = receipt_text("prepayment", "2490.00", "10.11.2026 10:00")


def test_a_receipt_goes_to_the_one_order_of_its_sum_and_day_as_a_guess(home):
    world = home(
        paid(ONE, "2 490,00", "2026-11-10T10:00"),
        paid(TWO, "1 890,00", "2026-11-10T10:00"),
        operator(PREPAID, "2026-11-10T10:05"),
    )

    assert world.told() == [("receipt_prepayment", "2490.00", "guess")]
    assert world.untied() == []
    assert world.outcomes() == {
        ("recognised", "чек на 2490.00 ₽: не видно, к какому заказу он относится")
    }


@pytest.mark.parametrize(
    "others",
    [
        [],
        [paid(ONE, "2 491,00", "2026-11-10T10:00")],
        [paid(ONE, "2 490,00", "2026-11-04T10:00")],
        [
            paid(ONE, "2 490,00", "2026-11-10T09:00"),
            paid(TWO, "2 490,00", "2026-11-10T11:00"),
        ],
    ],
    ids=["no order", "another sum", "another day", "two orders"],
)
def test_a_receipt_that_fits_no_order_or_two_stays_in_sight(home, others):
    world = home(*others, operator(PREPAID, "2026-11-10T10:05"))

    assert world.told(ONE) == world.told(TWO) == []
    [one] = world.untied()
    assert one.receipt.kind == "receipt_prepayment"
    [(outcome, reason)] = world.outcomes()
    assert outcome == "unrecognised"
    assert "2490.00 ₽" in reason


def test_two_receipts_that_fit_one_order_stay_in_sight(home):
    other = receipt_text("prepayment", "2490.00", "10.11.2026 10:02", fd="63526")
    world = home(
        paid(ONE, "2 490,00", "2026-11-10T10:00"),
        operator(PREPAID, "2026-11-10T10:05"),
        operator(other, "2026-11-10T10:06"),
    )

    assert world.told() == []
    assert len(world.untied()) == 2


def test_a_receipt_finds_the_order_that_comes_later(home):
    late = paid(ONE, "2 490,00", "2026-11-10T10:20") | {
        "arrives": datetime(2026, 11, 21, tzinfo=UTC)
    }
    world = home(late, operator(PREPAID, "2026-11-10T10:05"))
    assert world.told() == []

    world.now = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    world.deliver()
    world.tick()

    assert world.told() == [("receipt_prepayment", "2490.00", "guess")]


def test_a_second_order_that_fits_as_well_takes_the_receipt_back(home):
    late = paid(TWO, "2 490,00", "2026-11-10T10:20") | {
        "arrives": datetime(2026, 11, 21, tzinfo=UTC)
    }
    world = home(
        paid(ONE, "2 490,00", "2026-11-10T10:00"),
        late,
        operator(PREPAID, "2026-11-10T10:05"),
    )
    assert len(world.told()) == 1

    world.now = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    world.deliver()
    world.tick()

    assert world.told(ONE) == world.told(TWO) == []
    assert len(world.untied()) == 1


# --- files


def test_a_file_attached_to_an_order_tells_of_its_receipt(home):
    world = home(paid(ONE, "2 490,00", "2026-11-10T10:00"))

    world.attach(a_pdf(FULL))

    assert world.told() == [("receipt_full", "2490.00", "pinned")]
    event = next(e for e in world.events() if e.recogniser == "fiscal-receipt")
    assert event.at == datetime(2026, 11, 15, 9, 30, tzinfo=UTC)
    assert event.attributes["seller"] == "ООО «Ромашка»"
    assert event.where == "file"


@pytest.mark.parametrize(
    ("change", "certainty"),
    [
        ({"fn": ""}, "guess"),
        ({"fpd": "—"}, "guess"),
        ({"inn": SELLER}, "guess"),
        ({"inn": "7704217371"}, "guess"),
        ({"seller_inn": "7704217371"}, "pinned"),
    ],
)
def test_a_file_is_sure_only_when_it_is_a_whole_receipt_of_the_shop(
    home, change, certainty
):
    world = home(paid(ONE, "2 490,00", "2026-11-10T10:00"))

    world.attach(a_pdf(receipt_text("full", "2490.00", "15.11.2026 12:30", **change)))

    assert world.told() == [("receipt_full", "2490.00", certainty)]


def test_the_file_and_the_operator_s_letter_are_one_receipt(home):
    named = receipt_text("full", "2490.00", "15.11.2026 12:30", more=f"Заказ {ONE}")
    world = home(
        paid(ONE, "2 490,00", "2026-11-10T10:00"),
        operator(named, "2026-11-15T12:31"),
    )

    world.attach(a_pdf(FULL))

    assert len(world.told()) == 2
    assert str(settlement(world.events()).handed_over) == "2490.00"


def test_the_seller_of_a_receipt_is_a_fact_of_the_order(home):
    from triage.core.facts import facts_of

    world = home(paid(ONE, "2 490,00", "2026-11-10T10:00"))
    world.attach(a_pdf(FULL))

    facts = {fact.name: fact for fact in facts_of(world.events(), lambda at: at.date())}

    assert facts["seller_inn"].value == SELLER
    assert facts["seller_name"].value == "ООО «Ромашка»"
    assert len(facts["seller_inn"].evidence) == 64


def test_what_a_file_told_survives_a_rebuild(home):
    world = home(
        paid(ONE, "2 490,00", "2026-11-10T10:00"),
        operator(PREPAID, "2026-11-10T10:05"),
    )
    world.attach(a_pdf(FULL))
    before = world.events()

    world.app.place.rebuild()

    key = lambda e: e.id  # noqa: E731
    assert sorted(world.events(), key=key) == sorted(before, key=key)
    assert len(world.told()) == 2


def test_a_file_that_is_taken_back_tells_nothing(home):
    world = home(paid(ONE, "2 490,00", "2026-11-10T10:00"))
    act = world.attach(a_pdf(FULL))

    world.app.place.record(
        Act(
            at=NOW, kind=ActKind.UNDONE, order=ONE, data={"act": act.id, "pack": "ozon"}
        )
    )

    assert world.told() == []


def test_a_refund_by_file_closes_what_was_missing(home):
    cancelled = {
        "at": datetime.fromisoformat("2026-11-11T10:00:00+03:00"),
        "from": "Ozon <mailer@sender.ozon.ru>",
        "vouched": "ozon.ru",
        "subject": f"Заказ {ONE} отменён продавцом",
        "text": f"Заказ {ONE} отменён продавцом.",
    }
    world = home(paid(ONE, "2 490,00", "2026-11-10T10:00"), cancelled)
    assert settlement(world.events()).open

    world.attach(a_pdf(receipt_text("refund", "2490.00", "15.11.2026 12:30")))

    assert settlement(world.events()).open == 0


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"%PDF-1.7 nonsense", "broken"),
        (b"no pdf at all", "no-pdf"),
        (a_pdf("Счёт на оплату"), "no-receipt"),
        (a_pdf(receipt_text("Предоплата", "1.00", "15.11.2026 12:30")), "no-kind"),
        (a_pdf(FULL + SECOND), "several-receipts"),
    ],
)
def test_a_file_without_a_receipt_is_kept_and_named(home, content, problem):
    world = home(paid(ONE, "2 490,00", "2026-11-10T10:00"))

    world.attach(content)

    assert world.told() == []
    assert [(one.name, one.problem) for one in world.untied()] == [("чек.pdf", problem)]


def test_a_second_tick_finds_nothing_to_do(home):
    world = home(
        paid(ONE, "2 490,00", "2026-11-10T10:00"),
        operator(PREPAID, "2026-11-10T10:05"),
    )
    world.attach(a_pdf(FULL))
    world.tick()

    assert world.app.tick().assessed == 0


def test_a_parcel_s_receipt_is_of_that_parcel(home):
    world = home(paid(ONE, "2 490,00", "2026-11-10T10:00"))

    world.attach(a_pdf(FULL), posting=f"{ONE}-1")

    [receipt] = [e for e in world.events() if e.recogniser == "fiscal-receipt"]
    assert receipt.posting == f"{ONE}-1"


# --- the watched folder


def drop(world, name: str, content: bytes):
    folder = world.app.place.home.inbox
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    then = NOW.timestamp() - 60
    os.utime(path, (then, then))
    world.tick()


def test_a_dropped_file_that_names_its_order_is_of_that_order(home):
    world = home(paid(ONE, "2 490,00", "2026-11-10T10:00"))

    drop(
        world,
        "чек.pdf",
        a_pdf(receipt_text("full", "2490.00", "15.11.2026 12:30", more=f"Заказ {ONE}")),
    )

    assert world.told() == [("receipt_full", "2490.00", "pinned")]


def test_a_dropped_file_is_tied_by_its_sum_and_day(home):
    world = home(paid(ONE, "2 490,00", "2026-11-10T10:00"))

    drop(world, "чек.pdf", a_pdf(PREPAID))

    assert world.told() == [("receipt_prepayment", "2490.00", "guess")]


def test_a_dropped_file_that_fits_nothing_stays_in_sight_till_it_is_attached(home):
    world = home(paid(ONE, "2 490,00", "2026-11-10T10:00"))
    pdf = a_pdf(FULL)
    drop(world, "чек.pdf", pdf)
    assert [one.name for one in world.untied()] == ["чек.pdf"]

    world.attach(pdf)

    assert world.untied() == []
    assert world.told() == [("receipt_full", "2490.00", "pinned")]
