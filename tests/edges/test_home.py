import pytest

from triage.edges.home import Home
from triage.errors import ConfigError, DiskError


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "a" / "home")
    home.make()
    return home


def test_a_home_is_for_its_owner_only(home):
    home.make()

    assert home.root.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_was_there_is_made_private_once(tmp_path):
    home = Home(tmp_path)
    tmp_path.chmod(0o755)
    home.make()
    assert tmp_path.stat().st_mode & 0o777 == 0o700

    home.claim({"main": "me@shop.example"})
    tmp_path.chmod(0o750)
    home.make()
    assert tmp_path.stat().st_mode & 0o777 == 0o750


def test_a_home_remembers_whose_mailbox_it_holds(home):
    home.claim({"main": "me@shop.example"})
    home.claim({"main": "Me@shop.example", "second": "other@shop.example"})

    assert home.users() == {"main": "me@shop.example", "second": "other@shop.example"}
    with pytest.raises(ConfigError, match=r"me@shop\.example.*you@shop\.example"):
        home.claim({"main": "you@shop.example"})


def test_an_account_may_leave_and_come_back(home):
    home.claim({"main": "me@shop.example", "second": "two@shop.example"})
    home.claim({"main": "me@shop.example"})

    assert home.foreign({"second": "three@shop.example"})
    assert not home.foreign({"second": "two@shop.example"})


def test_a_damaged_note_is_named_and_not_guessed(home):
    (home.root / "home.json").write_text('{"accounts": [')

    with pytest.raises(ConfigError, match=r"home\.json"):
        home.users()


def test_a_home_that_cannot_be_made_is_a_disk_error(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(DiskError):
        Home(tmp_path / "file" / "home").make()
