import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.core.charset import base64_prefix, decode, header_text, is_utf8

ORDER = "Ваш заказ 12345678-0001-1 доставлен"


@pytest.mark.parametrize(
    ("codec", "label"),
    [
        ("cp1251", "windows-1251"),
        ("cp1251", "WIN-1251"),
        ("cp1251", "x-cp1251"),
        ("cp1251", ' "cp1251"'),
        ("koi8-r", "koi8r"),
        ("koi8-r", "KOI8-R"),
        ("cp866", "dos-866"),
        ("mac-cyrillic", "x-mac-cyrillic"),
        ("iso8859-5", "iso_8859-5:1988"),
        ("utf-8", "utf8"),
        ("utf-8", "UTF-8*ru"),
        ("gb18030", "gb2312"),
        ("utf-8-sig", ""),
        ("utf-16", "utf-16"),
    ],
)
def test_a_usable_label_is_believed(codec, label):
    assert decode(ORDER.encode(codec), label) == (ORDER, "")


@pytest.mark.parametrize(
    "label",
    ["", "us-ascii", "utf-8", "iso-8859-1", "DEFAULT", "<html>", "windows\x00-1251"],
)
@pytest.mark.parametrize("codec", ["cp1251", "koi8-r", "cp866", "iso8859-5"])
def test_russian_without_a_usable_label_is_found_by_its_look(codec, label):
    assert decode(ORDER.encode(codec), label) == (ORDER, "charset-guessed")


@pytest.mark.parametrize(
    "label",
    [
        "utf-7",
        "unicode_escape",
        "idna",
        "punycode",
        "undefined",
        "hex",
        "rot13",
        "utf-16",
    ],
)
def test_no_label_reaches_a_codec_that_is_no_charset(label):
    assert decode(ORDER.encode("cp1251"), label) == (ORDER, "charset-guessed")


@pytest.mark.parametrize("label", ["windows-1251", "koi8-r", "iso-8859-1", "gb2312"])
def test_utf8_under_another_label_is_found(label):
    assert decode(ORDER.encode(), label) == (ORDER, "charset-guessed")


@pytest.mark.parametrize("label", ["", "us-ascii", "utf-7"])
def test_utf8_without_a_label_is_no_guess(label):
    assert decode(ORDER.encode(), label) == (ORDER, "")


def test_windows_1251_under_the_label_koi8_is_found():
    text = "Здравствуйте! Товары уже готовятся к отправке"

    assert decode(text.encode("cp1251"), "koi8-r") == (text, "charset-guessed")


@pytest.mark.parametrize("cut", [1, 2])
def test_a_text_cut_inside_a_letter_keeps_the_rest(cut):
    data = (ORDER + "€").encode()[:-cut]

    text, defect = decode(data, "utf-8")

    assert text.startswith(ORDER)
    assert defect == "charset-damaged"


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        ("café déjà vu à la carte", "cp1252", "iso-8859-1"),
        ("café déjà vu à la carte", "cp1252", "windows-1252"),
        ("Größe", "latin-1", "ISO8859-1"),
        ("zażółć gęślą jaźń", "iso8859-2", "iso-8859-2"),
        ("чек", "cp866", "cp866"),
        ("注文の確認", "iso-2022-jp", "iso-2022-jp"),
        ("注文の確認", "iso-2022-jp", ""),
        ("注文の確認", "cp932", "Shift_JIS"),
        ("주문 확인", "cp949", "ks_c_5601-1987"),
    ],
)
def test_other_languages_are_left_alone(text, codec, label):
    assert decode(text.encode(codec), label).text == text


def test_every_byte_becomes_some_text():
    for label in ("", "utf-8", "windows-1251", "gb2312", "iso-2022-jp", "utf-16"):
        assert decode(bytes(range(256)) * 3, label).text
        assert decode(b"\xff\xfe\xff", label).text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("=?utf-8?B?0JfQsNC60LDQtw==?=", "Заказ"),
        ("=?windows-1251?Q?=C7=E0=EA=E0=E7_1?=", "Заказ 1"),
        ("=?koi8r?q?=FA=C1=CB=C1=DA?=", "Заказ"),
        ("=?UTF-8*ru?b?0JfQsNC60LDQtw?=", "Заказ"),
        # cut inside a letter, and adjacent words
        ("=?utf-8?B?0JfQsNC60LA=?=\r\n =?utf-8?B?0LfQ?= =?utf-8?B?vg==?=", "Заказо"),
        ("a =?utf-8?q?b?= c =?utf-8?q?d?=\t=?utf-8?q?e?=", "a b c de"),
        ("Ваш\r\n заказ".encode().decode("ascii", "surrogateescape"), "Ваш заказ"),
        (ORDER.encode("cp1251").decode("ascii", "surrogateescape"), ORDER),
        # line ends and control characters never survive, before or after decoding
        ("=?utf-8?q?a=0D=0ABcc:_x?=", "a Bcc: x"),
        ("a\r\n\tb\x00c\x1b[2Jd", "a b c [2Jd"),
        ("=?utf-8?q?=00=1B=C2=85=E2=80=A8a?=", "a"),
        ("=?utf-7?q?+AGE-?=", "+AGE-"),
        ("=?x?q?plain?=", "plain"),
        ("=?utf-8?q?unclosed", "=?utf-8?q?unclosed"),
        ("=?utf-8\x00?q?a?=", "a"),
        ("", ""),
    ],
)
def test_header_values_become_one_line(raw, text):
    assert header_text(raw).text == text


def test_many_encoded_words_take_no_time():
    value = "=?utf-8?q?a?= " * 4_000

    assert header_text(value).text == "a" * 4_000


TEXTS = st.one_of(
    st.binary(),
    st.text().map(str.encode),
    st.builds(
        bytes.__add__,
        st.sampled_from([b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x1b$B"]),
        st.text().map(str.encode),
    ),
)


@given(TEXTS, st.sampled_from(["", "utf-8", "UTF8", "windows-1251", "iso-2022-jp"]))
def test_what_is_utf8_already_is_told_from_the_rest(data, label):
    found = decode(data, label)

    if is_utf8(data, label, found):
        assert found.text.encode() == data


def test_ordinary_utf8_is_taken_as_it_is():
    data = "Заказ".encode()

    assert is_utf8(data, "", decode(data))


@pytest.mark.parametrize(
    ("data", "decoded", "clean"),
    [
        (b"YWJj", b"abc", True),
        (b"YWI=", b"ab", True),
        (b"YW\r\nI=\r\n", b"ab", True),
        (b"YWI", b"ab", False),
        (b"YWJjZ", b"abc", False),
        (b"YW!Jj", b"abc", False),
        (b"YWI=YWJj", b"ab", False),
        (b"YWI=\r\n-- \r\nfooter", b"ab", False),
        (b"====", b"", True),
        (b"", b"", True),
    ],
)
def test_broken_base64_gives_what_it_has(data, decoded, clean):
    assert base64_prefix(data) == (decoded, clean)
