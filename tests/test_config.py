import re
import tomllib
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from triage import config
from triage.config import Config, Tls, load
from triage.config_errors import line_of
from triage.errors import ConfigError

ZONES = "неизвестный часовой пояс; пример: Europe/Moscow, Asia/Yekaterinburg"
EXAMPLE = Path(__file__).parents[1] / "config.example.toml"


@pytest.fixture
def write(tmp_path):
    def write(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text, "utf-8")
        return path

    return write


def altered(*changes: tuple[str, str]) -> str:
    text = EXAMPLE.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def problems(path: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(path)
    return [line.removeprefix(f"{path}:") for line in caught.value.problems]


def test_the_example_is_a_valid_configuration():
    loaded = load(EXAMPLE)

    assert loaded.account[0].host == "imap.yandex.ru"
    assert loaded.account[0].tls is Tls.TLS
    assert loaded.account[0].authserv_ids == {"*.yandex.net"}
    assert loaded.smtp.sender == "me@yandex.ru"
    assert loaded.digest.at == time(8)
    assert loaded.timezone == ZoneInfo("Europe/Moscow")


def keys_of(model, data, place=""):
    for name, field in model.model_fields.items():
        key = field.alias or name
        yield f"{place}{key}", key in data
        table = data.get(key)
        for row in table if isinstance(table, list) else [table]:
            if isinstance(row, dict):
                loaded = getattr(load(EXAMPLE), name)
                inner = loaded[0] if isinstance(loaded, tuple) else loaded
                yield from keys_of(type(inner), row, f"{key}.")


def test_the_example_shows_every_key_there_is():
    text = EXAMPLE.read_text("utf-8")

    missing = [
        key
        for key, shown in keys_of(Config, tomllib.loads(text))
        if not shown
        and not re.search(rf"^# {key.split('.')[-1]}\s*=", text, re.MULTILINE)
    ]

    assert missing == []


def test_paths_are_read_from_the_folder_of_the_file(write, tmp_path):
    path = write(altered(('"~/.local/share/triage"', '"home"')))

    loaded = load(path)

    assert loaded.home == tmp_path / "home"
    assert loaded.account[0].password_file == tmp_path / "secrets" / "imap"
    assert loaded.account[0].ca_file is None


def test_every_error_comes_at_once_with_its_line(write):
    path = write("""\
home = "x"
timezone = "Europe/Moskva"
langauge = "ru"
[[account]]
name = "main"
host = "imap.example"
user = "me"
password_file = "p"
[[account]]
name = "a b"
prot = 3
host = "imap.example"
port = "993"
user = "x"
folders = ["INBOX", 5]
[smtp]
host = "smtp.example"
from = "a@b.example,d@e.example"
[digest]
at = "25:00"
to = "x"
always = 1
[pakcs]
""")

    assert problems(path) == [
        " packs: нужен этот ключ, а его нет",
        f"2: timezone: {ZONES}",
        "3: langauge: неизвестный ключ; похоже на language",
        "10: account.2.name: только латинские буквы, цифры и знаки _ . -",
        "11: account.2.prot: неизвестный ключ; похоже на port",
        "13: account.2.port: ожидается целое число",
        "15: account.2.folders.2: ожидается строка в кавычках",
        "18: smtp.from: ожидается один почтовый адрес вида имя@домен",
        "20: digest.at: такого времени суток нет",
        "21: digest.to: ожидается один почтовый адрес вида имя@домен",
        "22: digest.always: ожидается true или false",
        "23: pakcs: неизвестный ключ; похоже на packs",
    ]


def test_plain_connections_stay_on_this_computer(write):
    plain = ('tls           = "tls"', 'tls = "none"')

    (problem,) = problems(write(altered(plain)))
    assert "account.1.tls" in problem

    at_home = write(altered(plain, ('"imap.yandex.ru"', '"localhost"')))
    assert load(at_home).account[0].tls is Tls.NONE


@pytest.mark.parametrize(
    "line",
    ['password_file = ""', 'password_file = "x"\npassword_command = "pass show x"'],
)
def test_there_is_exactly_one_source_of_a_password(write, line):
    (problem,) = problems(write(altered(('password_file = "secrets/imap"', line))))

    assert "ровно один источник пароля" in problem
    assert re.match(r"\d+: account\.1: ", problem)


def test_a_password_in_the_file_is_an_unknown_key(write):
    text = altered(('password_file = "secrets/imap"', 'password = "hunter2"'))

    found = problems(write(text))

    assert any("password: неизвестный ключ" in problem for problem in found)
    assert "hunter2" not in "".join(found)


def test_a_command_is_split_like_a_shell_would_but_never_expanded(write):
    line = "password_command = \"pass show 'my mail' ${HOME}\""
    path = write(altered(('password_file = "secrets/imap"', line)))

    command = load(path).account[0].password_command

    assert command == ("pass", "show", "my mail", "${HOME}")


def test_two_accounts_do_not_share_a_name(write):
    text = EXAMPLE.read_text("utf-8")
    table = text[text.index("[[account]]") : text.index("[smtp]")]

    (problem,) = problems(write(text.replace("[smtp]", table + "[smtp]", 1)))

    assert "имя ящика повторяется: main" in problem


def test_an_address_that_no_header_can_hold_is_refused_at_once(write):
    changed = altered(('to     = "', 'to     = "я'))

    (problem,) = problems(write(changed))

    assert "xn--" in problem


def test_no_account_takes_the_name_of_imported_letters(write):
    (problem,) = problems(write(altered(('= "main"', '= "import"'))))

    assert "занято" in problem


def test_control_characters_never_reach_a_server(write):
    changed = altered(("folders       = []", r'folders = ["INBOX\r\nA1 DELETE x"]'))

    (problem,) = problems(write(changed))

    assert "управляющие символы" in problem


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"home = ", "это не TOML"),
        ("home = 'дом'".encode("cp1251"), "UTF-8"),
        (None, "triage setup"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_in_words(tmp_path, content, words):
    path = tmp_path / "config.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigError, match=re.escape(words)) as caught:
        load(path)

    assert caught.value.exit_code == 78


def test_the_environment_says_where_the_file_lies():
    where = config.default_path

    assert where({"TRIAGE_CONFIG": "/a/b.toml"}) == Path("/a/b.toml")
    assert where({"XDG_CONFIG_HOME": "/x"}) == Path("/x/triage/config.toml")
    assert where({}) == Path("~/.config/triage/config.toml").expanduser()


def test_a_line_is_found_in_every_shape_of_toml():
    text = 'a.b = 1\n[["row"]]\nx = 1\n[[row]] # two\nx = 2\n[t]\n"k" = 3\n'

    assert line_of(text, ("a", "b")) == 1
    assert line_of(text, ("row", 0, "x")) == 3
    assert line_of(text, ("row", 1, "x")) == 5
    assert line_of(text, ("row", 1, "y")) == 4
    assert line_of(text, ("t", "k", 0)) == 7
    assert line_of(text, ("nowhere",)) is None
