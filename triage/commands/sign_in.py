"""Get from the owner what opens the mailbox, try it, and say what is wrong with it."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from triage.commands.asking import Asking
from triage.commands.desk import Desk
from triage.config import Config
from triage.core.grant import Client, Device, Grant
from triage.core.provider import Authority, Directory, Flow, Provider, Trouble
from triage.edges.clock import system_clock
from triage.edges.redirect import Redirect
from triage.errors import Refused, TriageError
from triage.jobs import oauth
from triage.jobs.setup import Failure, try_imap, try_smtp

TRIES = 5  # providers lock a mailbox after more
PLACE = frozenset({Trouble.NETWORK, Trouble.CERTIFICATE})
"""Troubles that another server's name may cure, and another password will not."""


@dataclass(frozen=True, slots=True)
class Secret:
    """What opens the mailbox: as its file holds it, and as a server is shown it."""

    kept: str = field(repr=False)
    shown: str = field(repr=False)


class SignIn:
    """One owner at the door of one provider."""

    def __init__(
        self,
        desk: Desk,
        asking: Asking,
        directory: Directory,
        provider: Provider,
        *,
        client: Client | None = None,
        given: str = "",
    ) -> None:
        """Stand ready; with `client` the log-in is by OAuth2, `given` is a password."""
        self.desk, self.asking, self.directory = desk, asking, directory
        self.provider, self.client, self._given = provider, client, given

    def prepare(self) -> None:
        """Say what to switch on, and where the password comes from."""
        steps = self.provider.prepare.get(self.desk.lang, ())
        if self.client is None and steps and not self._given:
            self.desk.say("\nЧто сделать в браузере:", "\nWhat to do in the browser:")
            for number, step in enumerate(steps, 1):
                self.desk.terminal.say(f"  {number}. {step}")

    def open(
        self, config: Config, other: Callable[[], Config] | None = None
    ) -> tuple[Config, Secret]:
        """Ask and try until both servers let us in; `other` asks for other servers.

        Raises:
            Refused: they do not, and the owner was asked often enough or not at all.
        """
        secret: Secret | None = None
        for _ in range(TRIES):
            secret = self._secret(secret)
            if secret is None:
                continue
            self.desk.say("Пробую войти…", "Trying to log in…")
            failure = self._try(config, secret.shown)
            if failure is None:
                self.desk.say(
                    f"✓ Вход на {config.account[0].host} и {config.smtp.host} принят.",
                    f"✓ {config.account[0].host} and {config.smtp.host} let us in.",
                )
                return config, secret
            self._explain(failure)
            if self.asking.defaults:
                raise Refused(self.desk.words("вход не удался", "the log-in failed"))
            if not self.asking.yes("Попробовать ещё раз?", "Try again?"):
                break
            if failure.trouble in PLACE and other is not None:
                config = other()
        raise Refused(
            self.desk.words(
                "вход не удался; ничего не записано, начните снова, когда будете готовы",
                "the log-in failed; nothing was written, begin again when you are ready",
            )
        )

    def _try(self, config: Config, word: str) -> Failure | None:
        known = self.directory, self.provider, config, word
        failure = try_imap(*known) or try_smtp(*known)
        if failure and self.client and failure.trouble is Trouble.PASSWORD:
            return Failure(Trouble.GRANT, failure.words)
        return failure

    def _explain(self, failure: Failure) -> None:
        self.desk.terminal.say(f"✗ {failure.words}", style="bold red")
        advice = self.desk.words(*self.directory.advise(self.provider, failure.trouble))
        self.desk.terminal.say(f"  {advice}")

    def _secret(self, before: Secret | None) -> Secret | None:
        """Get a secret; None when the consent was not given this time."""
        if self.client is None:
            word = self._password(before.kept if before else "")
            return Secret(f"{word}\n", word)
        authority = self.provider.authority
        assert authority is not None  # noqa: S101 - asked before
        try:
            grant = self._grant(authority, oauth.Consent(authority, self.client))
        except TriageError as error:
            self.desk.terminal.say(f"✗ {error}", style="bold red")
            if self.asking.defaults or not self.asking.yes(
                "Попробовать ещё раз?", "Try again?"
            ):
                raise
            return None
        return Secret(grant.to_json(), grant.access)

    def _password(self, before: str) -> str:
        """Ask for the password; what was typed on the wrong keyboard is asked again."""
        given, self._given = self._given, ""
        before = before.removesuffix("\n")
        hint = self.desk.words(" (Enter: тот же)", " (Enter: the same)")
        while True:
            word = given or self.asking.secret(
                f"Пароль приложения, при вводе не виден{before and hint}",
                f"App password, not shown while you type{before and hint}",
                option="--password-file",
                before=before,
            )
            if not self.provider.spaces:
                word = "".join(word.split())
            if given or word.isascii():
                return word
            self.desk.say(
                "  В пароле не латинские буквы: проверьте раскладку клавиатуры.",
                "  The password is not in Latin letters: look at the keyboard layout.",
            )

    def _grant(self, authority: Authority, consent: oauth.Consent) -> Grant:
        if authority.flow is Flow.DEVICE:
            return oauth.by_device(
                consent, self._show, wait=time.sleep, clock=system_clock
            )
        return self._by_browser(authority, consent)

    def _show(self, device: Device) -> None:
        self.desk.say(
            "\nОткройте на любом устройстве эту страницу и введите код:",
            "\nOpen this page on any device and type the code:",
        )
        self.desk.terminal.exact(f"  {device.page}\n")
        self.desk.terminal.say(f"  {device.user_code}", style="bold")
        minutes = max(1, device.seconds // 60)
        self.desk.say(
            f"Жду, пока вы разрешите доступ (до {minutes} мин, Ctrl-C: отмена)…",
            f"Waiting for you to agree (up to {minutes} min, Ctrl-C cancels)…",
        )

    def _by_browser(self, authority: Authority, consent: oauth.Consent) -> Grant:
        """Send the owner's browser to the provider, and take it back or be told."""
        state = secrets.token_urlsafe(24)
        thanks = self.desk.words(
            "Готово: вернитесь в терминал и нажмите Enter.",
            "Done: go back to the terminal and press Enter.",
        )
        with Redirect(state, thanks) as redirect:
            visit = oauth.new_visit(redirect.url, state)
            self.desk.say(
                "\nОткройте в браузере и разрешите доступ к почте:",
                "\nOpen in a browser and allow access to your mail:",
            )
            page = visit.page(authority, consent.client, self.address)
            self.desk.terminal.exact(f"\n{page}\n\n")
            self.desk.say(
                "Браузер на этом же компьютере: когда он покажет «Готово», нажмите Enter.\n"
                "На другом: страница 127.0.0.1 не откроется, и это нормально; скопируйте "
                "её адрес целиком сюда.",
                "A browser on this machine: press Enter once it says “Done”.\n"
                "On another one the page of 127.0.0.1 will not open, as it should; paste "
                "its whole address here.",
            )

            def take(text: str) -> Grant:
                try:
                    address = text or redirect.came(1)
                    return oauth.by_browser(consent, visit, address, system_clock)
                except ValueError:
                    words = ("это не тот адрес, или браузер ещё не вернулся",)
                    english = "not that address, or the browser is not back yet"
                    raise ValueError(self.desk.words(*words, english)) from None

            return self.asking.value("Адрес", "Address", take, default="")

    address = ""
    """The owner's, which the provider's page shows at once."""
