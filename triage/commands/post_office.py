"""Find the servers of the owner's mail: by the address, by a choice, or by asking."""

from dataclasses import replace

from triage.commands.asking import Asking
from triage.core.provider import Directory, Provider, elsewhere, endpoint
from triage.errors import UsageError


def find_provider(
    asking: Asking,
    directory: Directory,
    mail: str,
    *,
    imap: str | None,
    smtp: str | None,
) -> Provider:
    """Recognise the provider of an address; `imap` and `smtp` were told beforehand.

    Raises:
        UsageError: what was told is no server.
    """
    found = directory.of(mail)
    desk = asking.desk
    if imap or smtp:
        found = found or elsewhere(mail)
        try:
            found = replace(found, imap=_server(imap, found, "imap").imap)
            found = replace(found, smtp=_server(smtp, found, "smtp").smtp)
        except ValueError as error:
            words = desk.words("это не сервер", "that is no server")
            raise UsageError(f"{words}: {error}") from None
    elif found is None:
        desk.say("Чья это почта?", "Whose mail is that?")
        known = directory.providers
        rows = [*(each.title for each in known), desk.words("другая", "another")]
        number = asking.choice("Номер", "Number", rows)
        found = known[number] if number < len(known) else ask_servers(asking, mail)
    desk.terminal.say(f"{found.title}: {found.imap.host}, {found.smtp.host}")
    return found


def ask_servers(asking: Asking, mail: str) -> Provider:
    """Ask where the servers of an unknown provider are."""
    guess = elsewhere(mail)

    def ask(kind: str) -> Provider:
        usual = guess.imap if kind == "imap" else guess.smtp
        return asking.value(
            f"Сервер {kind.upper()}",
            f"{kind.upper()} server",
            lambda text: _server(text, guess, kind),
            default=f"{usual.host}:{usual.port}",
        )

    return replace(ask("imap"), smtp=ask("smtp").smtp)


def _server(text: str | None, usual: Provider, kind: str) -> Provider:
    """Read a server's place into a provider.

    Raises:
        ValueError: it is none.
    """
    if not text:
        return usual
    if kind == "imap":
        return replace(usual, imap=endpoint(text, usual.imap))
    return replace(usual, smtp=endpoint(text, usual.smtp))
