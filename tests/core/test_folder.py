import pytest

from triage.core.folder import Cursor, Folder, Listed, Status, choose, name_key, pick
from triage.core.message import Role


def listed(*names: str, **flags: str) -> list[Listed]:
    """List plain folders by name, and flagged ones as name=flag."""
    rows = [Listed(name, "/", frozenset()) for name in names]
    return rows + [Listed(n, "/", frozenset(f.split())) for n, f in flags.items()]


def roles(folders: list[Folder]) -> dict[str, str]:
    return {folder.name: folder.role.value for folder in folders}


def test_folders_are_found_by_special_use_whatever_their_names():
    there = listed("INBOX", "Spam", "Sent", Хлам="junk", Ушло="sent hasnochildren")

    assert roles(choose(there)) == {"INBOX": "inbox", "Хлам": "spam", "Ушло": "sent"}


def test_all_mail_stands_for_the_inbox():
    there = [
        *listed("INBOX", "Покупки"),
        Listed("[Gmail]", "/", frozenset({"noselect"})),
        Listed("[Gmail]/Вся почта", "/", frozenset({"all"})),
        Listed("[Gmail]/Спам", "/", frozenset({"junk"})),
        Listed("[Gmail]/Отправленные", "/", frozenset({"sent"})),
    ]

    assert roles(choose(there)) == {
        "[Gmail]/Вся почта": "all",
        "[Gmail]/Спам": "spam",
        "[Gmail]/Отправленные": "sent",
    }


@pytest.mark.parametrize(
    ("spam", "sent"),
    [
        ("Spam", "Sent"),
        ("Junk E-mail", "Sent Items"),
        ("Спам", "Отправленные"),
        ("INBOX/Нежелательная почта", "INBOX/Sent Messages"),
        ("SPAM", "sent"),
    ],
)
def test_without_special_use_well_known_names_are_taken(spam, sent):
    there = listed("INBOX", "Drafts", spam, sent, "Проекты/Старые/Sent")

    assert roles(choose(there)) == {"INBOX": "inbox", spam: "spam", sent: "sent"}


def test_a_mailbox_that_lists_nothing_still_has_an_inbox():
    assert roles(choose([])) == {"INBOX": "inbox"}


def test_folders_that_cannot_be_opened_are_left_out():
    there = listed("inbox", Spam="junk noselect", Sent="sent nonexistent")

    assert roles(choose(there)) == {"inbox": "inbox"}


def test_named_folders_keep_the_role_the_server_gives_them():
    there = listed("INBOX", "Покупки", Junk="junk")

    picked = pick(there, ["inbox", "Покупки", "Junk", "Нет такой"])

    assert picked == {
        "inbox": Folder("INBOX", Role.INBOX),
        "Покупки": Folder("Покупки", Role.OTHER),
        "Junk": Folder("Junk", Role.SPAM),
        "Нет такой": None,
    }


def test_a_name_typed_with_other_accents_is_the_same_name():
    assert pick(listed("Мой ящик"), ["Мои\u0306 ящик"]) != {"Мои\u0306 ящик": None}
    assert name_key("Мои\u0306") == name_key("Мой")


@pytest.mark.parametrize(
    ("status", "read"),
    [
        (Status(7, 11), True),
        (Status(7, 12), False),
        (Status(7, 10), False),  # UIDs given out a second time
        (Status(8, 11), False),
        (Status(7, 0), False),  # the server did not say
    ],
)
def test_a_folder_was_read_when_nothing_moved(status, read):
    folder = Folder("INBOX", Role.INBOX)

    assert Cursor(folder=folder, uidvalidity=7, uid=10).has_read(status) is read
    assert not Cursor(folder=folder, uidvalidity=7, uid=10, pending=1).has_read(status)


def test_an_empty_folder_that_was_never_read_is_not_taken_for_read():
    assert not Cursor(folder=Folder("Sent", Role.SENT)).has_read(Status(7, 1))
