import sys

import pytest

from triage.edges.credential import file_problem, password
from triage.errors import ConfigError


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "imap"
    path.write_text("пароль с пробелом \n", "utf-8")
    path.chmod(0o600)
    return path


def test_a_file_gives_its_first_line_as_it_is(secret):
    assert password(file=secret) == "пароль с пробелом "


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_file_that_others_may_touch_is_refused_with_the_cure(secret, mode):
    secret.chmod(mode)

    with pytest.raises(ConfigError, match=f"chmod 600 {secret}"):
        password(file=secret)


def test_a_missing_or_odd_file_is_named(tmp_path, secret):
    assert "не читается" in file_problem(tmp_path / "none")
    assert "не файл" in file_problem(tmp_path)
    assert file_problem(secret) == ""


def test_a_command_gives_its_first_line_without_a_shell():
    program = "import sys; print(sys.argv[1]); print('второе')"

    found = password(command=[sys.executable, "-c", program, "$HOME;x"])

    assert found == "$HOME;x"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ([sys.executable, "-c", "raise SystemExit(3)"], "код выхода 3"),
        ([sys.executable, "-c", ""], "пуст"),
        (["/no/such/program"], "/no/such/program"),
    ],
)
def test_a_command_that_fails_is_named(command, words):
    with pytest.raises(ConfigError, match=words):
        password(command=command)


def test_a_command_has_a_time_limit(monkeypatch):
    monkeypatch.setattr("triage.edges.credential.COMMAND_SECONDS", 0.05)

    with pytest.raises(ConfigError, match="нет ответа"):
        password(command=["sleep", "20"])


def test_a_systemd_credential_is_read_from_its_folder(secret):
    environ = {"CREDENTIALS_DIRECTORY": str(secret.parent)}

    assert password(credential="imap", environ=environ) == "пароль с пробелом "


@pytest.mark.parametrize("name", ["other", "../imap", "/etc/passwd"])
def test_a_credential_that_was_not_given_is_named(secret, name):
    environ = {"CREDENTIALS_DIRECTORY": str(secret.parent)}

    with pytest.raises(ConfigError, match="не передал"):
        password(credential=name, environ=environ)
    with pytest.raises(ConfigError, match="LoadCredential"):
        password(credential=name, environ={})
