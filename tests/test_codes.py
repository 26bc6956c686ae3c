"""Codes that open an account or hand a parcel over never leave the letter they came in."""

import json
import re
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from mails import ARRIVED, a_letter, a_sighting
from offline import READING, an_app, bring

from triage.edges.parser import parse
from triage.jobs.compose import preview
from triage.jobs.reading import reader
from triage.jobs.tasks import task_of

ORDER = "12345678-0001"
LINK = f"https://www.ozon.ru/my/orderdetails/?order={ORDER}"
NOW = ARRIVED + timedelta(hours=1)

READ = reader(READING)
NAMED = (
    "Код подтверждения: {}",
    "Ваш код {}",
    "{} — ваш код для входа",
    "Используйте код {} для входа",
    "Код получения: {}",
    "Код для выдачи заказа — {}",
    "Назовите код сотруднику: {}",
    "Пароль {}",
    "Your code is {}",
    "Никому не сообщайте код: {}.",
)
AROUND = (
    "",
    f"Заказ {ORDER} готов к получению в пункте выдачи.",
    f"Заказ {ORDER} отменён, деньги вернём в течение 3 дней.",
    "Подтверждение учетных данных Ozon",
    "Оповещение системы безопасности",
    "Здравствуйте, Анна!",
    "Можно забирать до 15 сентября, 21:00.",
)


@st.composite
def codes(draw: st.DrawFn) -> str:
    """Draw a code that nothing else in the letter looks like."""
    digits = draw(st.text("0123456789", min_size=4, max_size=8))
    known = f"{ORDER}{NOW:%Y%m%d}2026-03-02T06:00:00 152100"
    return digits if digits not in known else f"9{digits[1:]}7"


@st.composite
def carrying(draw: st.DrawFn, code: str) -> bytes:
    """Draw a letter that tells a code somewhere, in some shape, about an order or not."""
    gap = draw(st.sampled_from(["", " ", "\u00a0", "-"]))
    said = draw(st.sampled_from(NAMED)).format(gap.join(code) if gap else code)
    before, after = draw(st.sampled_from(AROUND)), draw(st.sampled_from(AROUND))
    text = draw(st.sampled_from(["\n", " "])).join((before, said, after))
    place = draw(st.sampled_from(["subject", "text", "html", "both"]))
    return a_letter(
        auth=draw(st.sampled_from(["pass", "none"])),
        subject=said if place in ("subject", "both") else before or "Ozon",
        text=f"{text}\n{LINK}\n" if place != "html" else f"{after}\n",
        html=f"<p>{text}</p><a href='{LINK}'>x</a>" if place != "text" else None,
    )


def tells(code: str, words: str) -> bool:
    """Say whether a code stands in some words, with or without gaps."""
    return re.search(r"[\s\u00a0-]?".join(code), words) is not None


def put_down(raw: bytes, folder: Path) -> str:
    """Return all that the index and the search would keep of a letter's words."""
    path = folder / "letter.eml"
    path.write_bytes(raw)
    found = json.loads(json.dumps(READ(task_of(a_sighting(raw), path))))
    for row in (found["letter"], *found["events"]):
        for name in ("evidence", "id", "message_id", "shape", "heading"):
            row.pop(name, None)  # checksums
    return json.dumps(found, ensure_ascii=False)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_code_is_put_down(data):
    code = data.draw(codes())
    raw = data.draw(carrying(code))
    with TemporaryDirectory() as folder:
        kept = put_down(raw, Path(folder))

    assert tells(code, parse(raw, a_sighting(raw), "").text(*PLACES))
    assert not tells(code, kept)


PLACES = ("subject", "text", "html")


def test_no_code_is_in_the_index_the_log_the_digest_or_the_view(tmp_path, caplog):
    code = "907652"
    letters = []
    for said in NAMED:
        for around in AROUND:
            for auth in ("pass", "none"):
                raw = a_letter(
                    auth=auth,
                    subject=said.format(code),
                    text=f"{around}\n{said.format(code)}\n{LINK}\n",
                    html=f"<p>{around}</p><p>{said.format(code)}</p>",
                    attachments=[(said.format(code), "text/x-odd", b"x")],
                )
                letters.append(raw)
    app = an_app(tmp_path, NOW)
    bring(app, letters)
    with app.place.store() as store:
        today = app.place.scribe.today(store, NOW, everything=True)
        page = preview(store, app.place.scribe.letterhead, today, NOW)
        counted = len(store.rows("SELECT evidence FROM messages"))
    app.close()

    home = app.place.home
    made = [home.index, *home.root.glob("index.sqlite3*")]
    views = [p for p in home.orders.rglob("*") if p.is_file() and p.suffix != ".eml"]
    assert counted == len(letters)
    for path in (*made, *views):
        assert code.encode() not in path.read_bytes(), path
    for words in (page.subject, page.text, page.html, caplog.text):
        assert code not in words
