"""A donated letter keeps its form and its wording, and nothing by which anybody is known."""

import base64
import binascii
import json
import quopri
import re
from html import escape, unescape
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import built_in
from mails import AUTHSERV_ID, a_letter, a_sighting

from triage.core.commonwords import CommonWords
from triage.edges.authentication import authenticate
from triage.edges.packs import load
from triage.jobs.sample import sampler
from triage.jobs.tasks import task_of

SAMPLES = Path(__file__).parents[1] / "samples"
SETTINGS = {
    "marketplaces": ["ozon"],
    "ladder": "ru",
    "dir": "",
    "timezone": "Europe/Moscow",
}


@pytest.fixture(scope="module")
def mask():
    return sampler(SETTINGS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("letters")


def masked(mask, folder: Path, raw: bytes) -> dict:
    path = folder / "letter.eml"
    path.write_bytes(raw)
    vouched = authenticate(raw, [AUTHSERV_ID])
    answer = mask(task_of(a_sighting(raw, authentication=vouched), path))
    return answer | {"raw": base64.b64decode(answer["eml"])}


# --- what is personal, and every way to write it

CYRILLIC = "абвгдежзиклмнопрстуфхцчшщыьэюя"
KNOWN = CommonWords.of(load(["ozon"], "ru", None).words, built_in("ozon"))
names = st.one_of(
    st.sampled_from(
        ["Примеров", "Анфиса", "Кузьма", "Zinaida", "Уткин", "ИГНАТЬЕВА", "Ян-Якоб"]
    ),
    st.text(CYRILLIC, min_size=6, max_size=12).map(str.capitalize),
    st.text("qwxzjkvbpfg", min_size=6, max_size=12),
).filter(lambda name: not KNOWN.has(name))  # nobody can know whom «Января» names
numbers = st.text("123456789", min_size=5, max_size=12)
tokens = st.text("abcdefghijkmnpqrstuvwxyz23456789", min_size=12, max_size=30)
secrets = st.fixed_dictionaries(
    {
        "name": names,
        "goods": names,
        "street": names.map("ул. {}".format),
        "phone": st.text("123456789", min_size=7, max_size=7).map(
            lambda d: f"+7 9{d[:2]} {d[2:5]}-{d[5:7]}-{d[3:5]}"
        ),
        "mail": st.builds("{}.{}@{}.com".format, tokens, tokens, tokens),
        "token": tokens,
        "order": st.text("23456789", min_size=8, max_size=8).map("{}-5831".format),
        "code": st.text("123456789", min_size=6, max_size=6),
        "card": st.text("123456789", min_size=4, max_size=4).map("*{}".format),
    }
)
FORMS = (
    str,
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: quopri.encodestring(text.encode()).decode().strip(),
    quote,
    lambda text: "".join(f"&#{ord(c)};" for c in text),
    lambda text: "".join(f"&#x{ord(c):x};" for c in text),
    escape,
)
forms = st.sampled_from(FORMS)


def bare(text: str) -> str:
    return re.sub(r"[^\w]", "", text).lower()


def faces(raw: bytes) -> str:
    """Write all that anybody could read out of a letter's bytes."""
    text = raw.decode("utf-8")
    seen = [text, unescape(text), unquote_to_bytes(text).decode("utf-8", "replace")]
    seen.append(quopri.decodestring(raw).decode("utf-8", "replace"))
    for run in re.findall(rb"[A-Za-z0-9+/=_-]{8,}", raw):
        for cut in range(4):
            try:
                data = base64.b64decode(run[cut:] + b"===", validate=False)
            except binascii.Error:
                continue
            seen.append(data.decode("utf-8", "replace"))
    return "\n".join([*seen, *map(unescape, seen)])


@given(secrets, forms)
def test_nothing_personal_survives_wherever_it_stood(mask, folder, secret, form):
    told = {name: form(value) for name, value in secret.items()}
    s = secret
    html = f"""<!-- {told["name"]} --><!--[if mso]>{s["name"]} {s["order"]}<![endif]-->
<style>.{s["token"]} {{ color: red }} /* {told["mail"]} */</style>
<script>var x = "{s["token"]}";</script><title>{s["name"]}</title>
<div class="{s["token"]}" id="{s["token"]}" title="{told["name"]}" data-x="{s["mail"]}"
 style="display:none; background:url(https://x.example/{s["token"]}); width:{s["code"]}px">
{told["name"]} {told["phone"]}</div>
<table width="{s["code"]}" summary="{s["name"]}"><tr><td colspan="{s["code"]}">
Здравствуйте, {told["name"]}!</td></tr>
<tr><td>Заказ {s["order"]} оплачен</td><td>{told["order"]}</td></tr>
<tr><td><a href="https://www.ozon.ru/{s["token"]}/?order={s["order"]}&amp;t={quote(told["token"])}#{s["token"]}"
 name="{s["token"]}" onclick="{s["token"]}">{told["goods"]}</a>
<a href="mailto:{s["mail"]}">{told["mail"]}</a> <a href="https://{s["token"]}.ozon.ru/">x</a>
<a href="https://evil.example/{s["token"]}">x</a>
<img src="https://cdn.example/{s["token"]}.png" alt="{told["name"]}"></td></tr>
<{s["token"]}>{told["street"]}</{s["token"]}><tr><td>Код {told["code"]}, карта {told["card"]}</table>"""
    text = "\n".join(
        [
            "Заказ оплачен",
            *told.values(),
            f"https://ozon.ru/?t={told['token']}",
            s["name"],
        ]
    )
    raw = a_letter(
        sender="Ozon <mailer@sender.ozon.ru>",
        to=f'"{s["name"]}" <{s["mail"]}>',
        subject=f"{s['name']}, ваш заказ {s['order']} оплачен {told['token']}",
        text=text,
        html=html,
        attachments=[(f"{s['name']}.pdf", "application/pdf", s["name"].encode())],
        message_id=f"<{s['token']}@ozon.ru>",
        headers={
            "Reply-To": s["mail"],
            "X-Buyer": told["name"].replace("\n", ""),
            "List-Unsubscribe": f"<https://ozon.ru/u/{s['token']}>",
            "Received": f"from x (helo {s['token']}) by mx.example.org",
            "References": f"<{s['token']}@ozon.ru>",
        },
    )

    found = faces(masked(mask, folder, raw)["raw"])

    plain = bare(found)
    for what, value in secret.items():
        for part in re.split(r"[\s@]", value):
            if len(bare(part)) > 4:  # «ул.» is nobody's
                assert bare(part) not in plain, what
        assert value not in found, what
    digits = re.sub(r"\D", "", secret["phone"])[-7:]
    assert digits not in re.sub(r"[ ()+-]", "", found)


PATHS = sorted(SAMPLES.glob("ozon/*/*.eml"))


@pytest.mark.parametrize("path", PATHS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_masked_sample_is_read_as_the_sample(mask, folder, path):
    raw = path.read_bytes()
    if b"dmarc=pass" not in raw:
        pytest.skip("nobody vouches for its sender")

    answer = masked(mask, folder, raw)

    assert answer["same"]
    expected = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))
    kinds = [event["kind"] for event in expected["events"]]
    assert [event["kind"] for event in answer["expected"]["events"]] == kinds


def test_a_masked_letter_masked_again_stays_as_it_is(mask, folder):
    raw = a_letter(
        subject="Заказ 98765432-1234 оплачен",
        text="Анна, заказ 98765432-1234 оплачен.\nИтого: 12 490,00 ₽\nДоставим 5 марта.\n",
    )

    once = masked(mask, folder, raw)["raw"]

    assert masked(mask, folder, once)["raw"] == once


def test_the_same_number_is_the_same_everywhere_and_another_another(mask, folder):
    raw = a_letter(
        subject="Заказ 98765432-1234 оплачен",
        text="Заказ 98765432-1234 и заказ 98765432-1235.\n"
        "https://www.ozon.ru/my/orderdetails/?order=98765432-1235\n",
    )

    text = masked(mask, folder, raw)["raw"].decode("utf-8")

    assert "Заказ 12345678-0001 и заказ 12345678-0002" in text
    assert "order=12345678-0002" in text


def test_days_move_by_whole_weeks(mask, folder):
    raw = a_letter(
        subject="Заказ",
        text="Заказ 98765432-1234. Доставим во вторник, 10 марта.\nВернём до 12.03.2026.\n",
    )

    text = masked(mask, folder, raw)["raw"].decode("utf-8")

    assert "вторник, 10 марта" in text  # this letter was written in the very week
    moved = raw.replace(b"Mon, 02 Mar 2026", b"Mon, 16 Feb 2026")
    text = masked(mask, folder, moved)["raw"].decode("utf-8")
    assert "вторник, 24 марта" in text
    assert "26.03.2026" in text


def test_a_word_in_two_parts_is_no_way_out(mask, folder):
    raw = a_letter(subject="Заказ оплачен", text="Игна\u00adтьева Игна\u200bтьева\n")

    text = masked(mask, folder, raw)["raw"].decode("utf-8")

    assert "тьева" not in text
