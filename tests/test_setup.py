"""`triage setup` on an empty machine, against a real mailbox and a real mail server."""

import email
import email.policy
import os
import re
import tomllib
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from pathlib import Path

import pytest
from dovecot import PASSWORD, Dovecot
from mails import AUTHSERV_ID, MOSCOW, a_letter
from newcomer import TRIAGE, Newcomer, Screen, arrived, secrets_in

from triage.commands.asking import read_hour
from triage.config import load
from triage.core.words import NBSP
from triage.errors import Unavailable

ORDER = "12345678-0001"
CANCELLED = f"Заказ {ORDER} отменён"


@pytest.fixture
def owner(tmp_path: Path, dovecot: Dovecot) -> Iterator[Newcomer]:
    with arrived(tmp_path, dovecot) as newcomer:
        yield newcomer


def answers(owner: Newcomer) -> list[tuple[str, str]]:
    """Return every prompt on the usual way, with what is typed there."""
    return [
        ("Ваш адрес почты", owner.address),
        ("Пароль приложения", PASSWORD),
        ("Во сколько", "7:30"),
        ("Фамилия", "Иванова Анна Сергеевна"),
        ("Загрузить письма сейчас?", "д"),
        ("службой systemd", "д"),
    ]


def test_a_few_answers_on_a_terminal_set_everything_up(owner):
    said = owner.a_systemd()
    paid = f"Заказ № {ORDER} оплачен. Сумма 12 490 ₽."
    for at, subject, text in (
        (datetime(2026, 11, 1, 10, tzinfo=MOSCOW), "Заказ оплачен", paid),
        (datetime(2026, 11, 9, 12, tzinfo=MOSCOW), "Заказ отменён", CANCELLED),
    ):
        letter = a_letter(subject=subject, text=text, date=at)
        owner.dovecot.put(owner.address, [letter], at=at)
    owner.receive(a_letter(sender="Друг <friend@example.net>", subject="Привет"))
    before = owner.dovecot.changes(owner.address)

    words = [str(TRIAGE), *owner.words()]
    with Screen(words, owner.environment, owner.folder) as screen:
        for prompt, typed in answers(owner):
            screen.wait_for(prompt)
            screen.type(f"{typed}\n")
        assert screen.end() == 0, screen.text

    assert PASSWORD not in screen.text
    assert "2 из 3" in screen.text
    assert f", {ORDER}" in screen.text.partition("Ждут вас")[2]
    config = load(owner.config)
    assert config.account[0].user == config.digest.to == owner.address
    assert config.account[0].authserv_id == AUTHSERV_ID
    assert config.owner.name == "Иванова Анна Сергеевна"
    assert f"{config.digest.at:%H:%M}" == "07:30"
    assert config.packs.marketplaces == ("ozon",)
    assert owner.modes() == {
        "triage": "0o700",
        "triage/config.toml": "0o600",
        "triage/secrets": "0o700",
        "triage/secrets/mail": "0o600",
    }
    holding = secrets_in(owner.machine, f"{PASSWORD}\n")
    assert holding == [owner.config.parent / "secrets/mail"]
    (hello,) = owner.sink.taken
    assert hello.recipients == (owner.address,)
    letter = email.message_from_bytes(hello.raw, policy=email.policy.default)
    assert letter["X-Triage"] == "hello"
    assert letter["Auto-Submitted"] == "auto-generated"
    for kind in ("plain", "html"):
        text = letter.get_body((kind,)).get_content().replace(NBSP, " ")
        assert "2 письма о покупках" in text
        shown = unescape(re.sub(r"<[^>]+>", "", text))
        assert re.search(rf"Дело\s+1.+{ORDER}, 12\s490,00\s₽", shown)
        assert "07:30" in text
    unit = owner.machine / ".config/systemd/user/triage.service"
    (line,) = [x for x in unit.read_text().splitlines() if x.startswith("ExecStart")]
    assert line == f"ExecStart={TRIAGE} --config {owner.config} run"
    assert said.read_text().splitlines() == [
        "systemctl --user show-environment",
        f"loginctl show-user {os.getuid()} --property=Linger",
        "systemctl --user daemon-reload",
        "systemctl --user enable triage.service",
        "systemctl --user restart triage.service",
        "loginctl enable-linger",
    ]
    assert owner.dovecot.changes(owner.address) == before


@pytest.mark.parametrize("prompt", range(6))
@pytest.mark.parametrize("how", ["ctrl-c", "end of input"])
def test_cancelled_at_any_prompt_nothing_is_left(owner, prompt, how):
    owner.a_systemd()
    typed = [line for _, line in answers(owner)][:prompt]
    if how == "end of input":
        done = owner.run(typed="".join(f"{line}\n" for line in typed))
        assert done.exit_code == 1, done.output  # click's own; the program's is 130
        text = done.output
    else:
        words = [str(TRIAGE), *owner.words()]
        with Screen(words, owner.environment, owner.folder) as screen:
            for asked, line in answers(owner)[:prompt]:
                screen.wait_for(asked)
                screen.type(f"{line}\n")
            screen.wait_for(answers(owner)[prompt][0])
            assert screen.interrupt() == 130, screen.text
            text = screen.text

    assert "Отменено" in text
    assert owner.left() == []
    assert owner.sink.taken == []


def test_a_lost_connection_cancels_too(owner):
    words = [str(TRIAGE), *owner.words()]
    with Screen(words, owner.environment, owner.folder) as screen:
        for asked, line in answers(owner)[:2]:
            screen.wait_for(asked)
            screen.type(f"{line}\n")
        screen.wait_for("Во сколько")
        screen.hang_up()
        screen.program.wait(60)

    assert owner.left() == []


def test_nobody_need_be_asked(owner, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD)
    secret.chmod(0o600)

    told = ("--address", owner.address, "--password-file", str(secret), "--yes")
    done = owner.run(*told)

    assert done.exit_code == 0, done.output
    assert load(owner.config).digest.to == owner.address
    assert len(owner.sink.taken) == 1

    again = owner.run(*told)
    assert isinstance(again.exception, Exception)
    assert "--overwrite" in str(again.exception)


@pytest.mark.parametrize("lacks", ["--address", "--password-file"])
def test_what_lacks_is_named_where_nobody_is_asked(owner, tmp_path, lacks):
    told = {"--address": owner.address, "--password-file": str(tmp_path / "none")}
    del told[lacks]

    done = owner.run(*(word for pair in told.items() for word in pair), "--yes")

    assert done.exit_code
    assert owner.left() == []


@pytest.mark.parametrize(
    ("typed", "read"), [("8", "08:00"), ("7.30", "07:30"), ("07:30", "07:30")]
)
def test_an_hour_is_taken_as_people_type_it(typed, read):
    assert read_hour(typed) == read


@pytest.mark.parametrize("typed", ["", "восемь", "24", "8:60", "25:99", "8:3"])
def test_what_is_no_hour_is_answered_with_the_ways_to_write_one(typed):
    with pytest.raises(ValueError, match="8, 08:00"):
        read_hour(typed)


def test_a_new_password_is_not_asked_for_where_nobody_is_asked(owner):
    owner.run(
        "--no-unit", "--no-first-look", typed=f"{owner.address}\n{PASSWORD}\n\n\n"
    )

    done = owner.run("--login", "--yes")

    assert done.exit_code
    assert "--password-file" in str(done.exception)
    assert "Пароль приложения" not in done.output


def test_a_wrong_password_is_told_apart_and_asked_again(owner):
    typed = [owner.address, "wrong", "д", PASSWORD, "", "", "н", "н"]

    done = owner.run("--no-unit", typed="".join(f"{x}\n" for x in typed))

    assert done.exit_code == 0, done.output
    assert "Нужен пароль приложения" in done.output
    assert "triage setup --login" not in done.output  # this is setup
    assert "https://example.org/app-passwords" in done.output
    assert load(owner.config).account[0].password_file.read_text() == f"{PASSWORD}\n"


def test_a_mail_server_that_refuses_is_told_apart_from_the_mailbox(owner):
    owner.sink.password = "another"
    typed = [owner.address, PASSWORD, "н"]

    done = owner.run(typed="".join(f"{x}\n" for x in typed))

    assert f"localhost:{owner.sink.port}: 535" in done.output
    assert "ничего не записано" in str(done.exception)
    assert owner.left() == []


def test_a_server_that_is_not_there_is_a_matter_of_the_network(owner):
    typed = ["me@nowhere.example", "5", "localhost:9", "localhost:9", "x", "n"]
    (owner.packs / "providers.toml").unlink()

    done = owner.run(typed="".join(f"{x}\n" for x in typed))

    assert "До сервера не дошли" in done.output
    assert owner.left() == []


def test_other_servers_are_asked_for_and_tried(owner):
    imap, smtp = f"localhost:{owner.dovecot.tls}", f"localhost:{owner.sink.port}"
    told = ("--address", owner.address, "--imap", imap, "--smtp", smtp)
    (owner.packs / "providers.toml").unlink()

    done = owner.run(*told, "--no-unit", typed=f"{PASSWORD}\n\n\nн\n")

    assert done.exit_code == 0, done.output
    assert load(owner.config).smtp.port == owner.sink.port


def test_a_certificate_nobody_vouches_for_stops_before_the_password(owner):
    told = ["setup", "--packs", str(owner.packs), "--address", owner.address]
    logins = owner.dovecot.log().count("Login:")
    owner.words = lambda *more: [*told, *more]  # without --ca-file

    done = owner.run(typed=f"{PASSWORD}\nн\n")

    assert "пароль не отправлялся" in done.output
    assert owner.dovecot.log().count("Login:") == logins


def test_settings_that_are_there_are_kept_unless_the_owner_says_otherwise(owner):
    owner.config.parent.mkdir(parents=True)
    owner.config.write_text("# mine\n")

    kept = owner.run(typed="\n")
    assert kept.exit_code == 0
    assert "Ничего не изменено" in kept.output
    assert owner.config.read_text() == "# mine\n"

    cancelled = owner.run(typed=f"д\n{owner.address}\n")
    assert cancelled.exit_code
    assert owner.left() == [".config", ".config/triage", ".config/triage/config.toml"]

    typed = ["д", owner.address, PASSWORD, "", "", "н"]
    done = owner.run("--no-unit", typed="".join(f"{x}\n" for x in typed))
    assert done.exit_code == 0, done.output
    assert load(owner.config)
    assert owner.config.with_name("config.toml.old").read_text() == "# mine\n"


def test_a_home_of_another_mailbox_is_refused_before_the_password(owner):
    home = owner.machine / "archive"
    home.mkdir()
    (home / "home.json").write_text('{"accounts": {"main": "somebody@example.org"}}')

    done = owner.run("--home", str(home), "--address", owner.address)

    assert "somebody@example.org" in str(done.exception)
    assert not owner.config.exists()


def test_a_password_in_the_wrong_layout_is_not_sent(owner):
    logins = owner.sink.logins
    typed = [owner.address, "ыускуе"]

    done = owner.run(typed="".join(f"{x}\n" for x in typed))

    assert "раскладку" in done.output
    assert owner.sink.logins == logins


def test_a_new_password_takes_the_place_of_the_old_one(owner, tmp_path):
    typed = [owner.address, PASSWORD, "", "", "н"]
    owner.run("--no-unit", typed="".join(f"{x}\n" for x in typed))
    file = load(owner.config).account[0].password_file
    file.write_text("worn out\n")
    settings = owner.config.read_bytes()

    done = owner.run("--login", typed=f"{PASSWORD}\n")

    assert done.exit_code == 0, done.output
    assert file.read_text() == f"{PASSWORD}\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert owner.config.read_bytes() == settings


def test_the_first_letter_goes_out_in_english_too(owner):
    owner.receive()
    typed = [owner.address, PASSWORD, "", "", "y"]

    done = owner.run("--no-unit", typed="".join(f"{x}\n" for x in typed), lang="en")

    assert done.exit_code == 0, done.output
    assert tomllib.loads(owner.config.read_text())["language"] == "en"
    (hello,) = owner.sink.taken
    letter = email.message_from_bytes(hello.raw, policy=email.policy.default)
    assert letter["Subject"].startswith("triage is set up")
    assert not re.findall("[а-яё]{3,}", done.output.replace("Пример Почта", ""))


def test_a_unit_that_cannot_be_started_is_told_and_the_settings_stand(owner):
    owner.a_systemd(complaint="enable-linger")
    typed = [owner.address, PASSWORD, "", "", "н", "д"]

    done = owner.run(typed="".join(f"{x}\n" for x in typed))

    assert "loginctl enable-linger: no" in done.output
    assert "triage run" in done.output
    assert load(owner.config)


def test_the_unit_alone_is_installed_for_the_settings_there_are(owner):
    owner.run("--no-unit", typed=f"{owner.address}\n{PASSWORD}\n\n\nн\n")
    before = owner.config.read_bytes()
    said = owner.a_systemd()

    done = owner.call("setup", "--unit")

    assert (done.exit_code, owner.config.read_bytes()) == (0, before), done.output
    assert done.output.startswith("✓ Служба triage.service запущена")
    assert "systemctl --user restart triage.service" in said.read_text()


def test_lingering_that_is_on_already_is_not_asked_for_again(owner):
    owner.run("--no-unit", typed=f"{owner.address}\n{PASSWORD}\n\n\nн\n")
    said = owner.a_systemd(complaint="enable-linger", lingers=True)

    done = owner.call("setup", "--unit")

    assert done.exit_code == 0, done.output
    assert done.output.startswith("✓ Служба triage.service запущена")
    assert "enable-linger" not in said.read_text()


def test_the_unit_alone_that_cannot_be_started_is_an_error(owner):
    owner.run("--no-unit", typed=f"{owner.address}\n{PASSWORD}\n\n\nн\n")
    owner.a_systemd(complaint="restart")

    done = owner.call("setup", "--unit")

    assert isinstance(done.exception, Unavailable)
    assert done.exception.problems == ("systemctl --user restart triage.service: no",)
