"""Which parcel, return or order a text speaks of, stretch by stretch."""

from letters import ORDER, a_message, ozon

from triage.core.hearing import spoken
from triage.core.message import Where
from triage.core.naming import in_letter, in_links, in_text, stretches

FIRST, SECOND = f"{ORDER}-1", f"{ORDER}-2"
NUMBERS = ozon().identifiers


def parted(text: str) -> list[tuple[str, ...]]:
    (voice,) = spoken(a_message("", text)).of(Where.TEXT)
    return [tuple(n.posting for n in s.names.all) for s in stretches(voice, NUMBERS)]


def test_names_come_in_the_order_of_the_text():
    text = f"Отправление {SECOND}, заявка 12345678-R37, отправление {FIRST}"

    found = in_text(text, NUMBERS)

    assert found.postings(ORDER) == (SECOND, FIRST)
    assert found.only("return_number", ORDER) == "12345678-R37"


def test_what_stands_in_one_link_belongs_together():
    link = f"https://www.ozon.ru/my/orderdetails/?order={ORDER}&shipment_id=12345678901"

    (name,) = in_links([link], NUMBERS).all

    assert (name.order, name.shipment) == (ORDER, "12345678901")


def test_two_shipments_of_one_order_leave_it_open_which_is_meant():
    links = [
        f"https://www.ozon.ru/my/orderdetails/?order={ORDER}&shipment_id={one}"
        for one in ("12345678901", "12345678902")
    ]

    assert in_links(links, NUMBERS).only("shipment", ORDER) == ""


def test_a_letter_of_one_parcel_is_not_parted():
    assert parted(f"Заказ {ORDER}\nОтправление {FIRST}\nВ пути") == []


def test_a_letter_of_two_parcels_is_parted_where_it_names_them():
    text = f"Здравствуйте!\n{FIRST}\nВ пути\n{SECOND}\nОтменено"

    assert parted(text) == [(FIRST,), (SECOND,)]


def test_parcels_of_one_sentence_share_a_stretch():
    text = f"Отправления {FIRST} и {SECOND} в пути. Отправление {ORDER}-3 собрано."

    assert parted(text) == [(FIRST, SECOND), (f"{ORDER}-3",)]


def test_a_number_split_by_odd_signs_is_read_whole():
    letter = spoken(a_message("", "Заказ 1234\u200b5678\u2011\u00ad0001-1"))

    assert in_letter(letter, NUMBERS).postings(ORDER) == (FIRST,)
