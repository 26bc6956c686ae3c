"""Asks a new owner what must be asked, and finds out the rest."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from triage.commands.asking import Asking, read_hour, read_some, read_zone
from triage.commands.desk import Desk
from triage.commands.first_look import Beginning, Counter
from triage.commands.post_office import ask_servers, find_provider
from triage.commands.sign_in import Secret, SignIn
from triage.config_values import address, clock_time
from triage.core.grant import Client
from triage.core.provider import Directory, Provider, elsewhere
from triage.edges import credential, packs, providers, unit
from triage.edges.home import Home
from triage.edges.zone import local_zone
from triage.errors import ConfigError, UsageError
from triage.jobs.servers import consent_of
from triage.jobs.settings import Draft, install, sign_in_again, write_out
from triage.jobs.setup import survey


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What stood on the command line."""

    address: str | None
    user: str | None
    password_file: Path | None
    imap: str | None
    smtp: str | None
    ca_file: Path | None
    oauth: bool
    client_id: str | None
    client_secret_file: Path | None
    name: str | None
    at: str | None
    timezone: str | None
    home: Path | None
    packs: Path | None
    overwrite: bool
    first_look: bool | None
    unit: bool | None

    def is_unit_alone(self) -> bool:
        """Say whether nothing but the unit was asked for."""
        return bool(self.unit) and not any(asdict(replace(self, unit=None)).values())


class Wizard:
    """Asks everything first; only then is anything written."""

    def __init__(self, desk: Desk, asking: Asking, told: Told) -> None:
        self.desk, self.asking, self.told = desk, asking, told
        self.directory: Directory = providers.load(told.packs)

    def ask(self) -> Beginning | None:
        """Ask, try and write; None where the owner keeps the settings there are."""
        if self.desk.path.exists() and not self._may_replace():
            return None
        mail = self._address()
        provider = find_provider(
            self.asking, self.directory, mail, imap=self.told.imap, smtp=self.told.smtp
        )
        home = (self.told.home or Path("~/.local/share/triage")).expanduser().absolute()
        draft = Draft(
            path=self.desk.path.absolute(),
            home=home,
            address=mail,
            user=self.told.user or mail,
            provider=provider,
            ca_file=self.told.ca_file,
            language=self.desk.lang,
            own_packs=self.told.packs,
        )
        if problem := Home(home).foreign({"main": draft.user}):
            raise ConfigError(problem)
        draft, secret = self._open(draft)
        draft = self._look_around(draft, secret)
        draft = self._rest(draft)
        look = self._wanted(
            self.told.first_look, "Загрузить письма сейчас?", "Fetch the letters now?"
        )
        keep = self._unit_wanted()
        written = write_out(draft, secret.kept)
        install(draft, written)
        self.desk.say(f"✓ Настройки: {draft.path}", f"✓ Settings: {draft.path}")
        return Beginning(self.desk, written.config, look=look, unit=keep)

    def sign_in_again(self) -> None:
        """Put a new password or consent in the place of the old one."""
        config = self.desk.config
        account = config.account[0]
        if len(config.account) > 1:
            rows = [f"{each.name} ({each.user})" for each in config.account]
            account = config.account[self.asking.choice("Ящик", "Mailbox", rows)]
            config = config.model_copy(update={"account": (account,)})
        directory = providers.load(config.packs.dir)
        by_token = bool(account.oauth_provider)
        named = directory.named(account.oauth_provider) if by_token else None
        provider = named or directory.of(account.user) or elsewhere(config.digest.to)
        client = consent_of(account).client if by_token else None
        door = SignIn(
            self.desk,
            self.asking,
            directory,
            provider,
            client=client,
            given=self._given(),
        )
        door.address = account.user
        door.prepare()
        _, secret = door.open(config)
        place = sign_in_again(account, secret.kept)
        self.desk.say(f"✓ Записано: {place}", f"✓ Written: {place}")

    def _may_replace(self) -> bool:
        path = self.desk.path
        if self.told.overwrite:
            return True
        if self.asking.defaults:
            raise UsageError(
                self.desk.words(
                    f"{path}: настройки уже есть; заменить их: --overwrite, "
                    "войти заново: --login",
                    f"{path}: there are settings; --overwrite replaces them, "
                    "--login signs in again",
                )
            )
        if self.asking.yes(
            f"Настройки уже есть: {path}. Заменить? (старые останутся рядом как .old)",
            f"There are settings: {path}. Replace them? (kept beside as .old)",
            default=False,
        ):
            return True
        self.desk.say(
            "Ничего не изменено. Проверить их: triage check, войти заново: "
            "triage setup --login",
            "Nothing changed. To try them: triage check, to sign in again: "
            "triage setup --login",
        )
        return False

    def _address(self) -> str:
        if self.told.address:
            try:
                return address(self.told.address)
            except ValueError as error:
                raise UsageError(f"--address: {error}") from None
        return self.asking.value(
            "Ваш адрес почты, на который приходят письма магазина",
            "Your address, to which the shop writes",
            address,
            option="--address",
        )

    def _open(self, draft: Draft) -> tuple[Draft, Secret]:
        """Get a password or a consent that both servers take."""
        provider = draft.provider
        by_token = self.told.oauth or not provider.passwords
        if by_token and provider.authority is None:
            raise UsageError(
                self.desk.words(
                    f"{provider.title}: вход по OAuth2 не описан в providers.toml",
                    f"{provider.title}: providers.toml knows no OAuth2 for it",
                )
            )
        door = SignIn(
            self.desk, self.asking, self.directory, provider, given=self._given()
        )
        door.address = draft.address
        door.prepare()
        if by_token:
            door.client = self._client(provider)
            draft = replace(draft, client=door.client)
        changed = [draft]

        def other() -> Any:
            changed[0] = replace(
                draft, provider=ask_servers(self.asking, draft.address)
            )
            return write_out(changed[0], "").config

        unknown = self.directory.named(provider.id) is None
        config = write_out(draft, "").config
        _, secret = door.open(config, other if unknown else None)
        return changed[0], secret

    def _client(self, provider: Provider) -> Client:
        """Ask for the owner's own registration."""
        authority = provider.authority
        assert authority is not None  # noqa: S101 - looked at before
        self.desk.say(
            f"Регистрация приложения (как: docs/setup.md): {authority.register_page}",
            f"To register an application (how: docs/setup.md): {authority.register_page}",
        )
        name = self.told.client_id or self.asking.value(
            "client_id", "client_id", read_some, option="--client-id"
        )
        file = self.told.client_secret_file
        secret = credential.password(file=file) if file else ""
        if authority.secret and not secret and not self.asking.defaults:
            secret = self.asking.secret(
                "client_secret", "client_secret", option="--client-secret-file"
            )
        return Client(name, secret)

    def _look_around(self, draft: Draft, secret: Secret) -> Draft:
        """Find folders, the server that checks senders, and how many letters there are."""
        config = write_out(draft, "").config
        chosen = config.packs
        known = packs.load(chosen.marketplaces, chosen.ladder, chosen.dir)

        counter = Counter(self.desk.words("Просмотрено писем", "Letters looked at"))
        found = survey(config, draft.provider, known, secret.shown, counter.show)
        counter.end()
        names = ", ".join(folder.name for folder in found.folders)
        shops = ", ".join(market.title for market in known.marketplaces)
        self.desk.say(f"✓ Папки: {names}", f"✓ Folders: {names}")
        if found.authserv_id:
            self.desk.say(
                f"✓ Отправителей проверяет {found.authserv_id}",
                f"✓ Senders are checked by {found.authserv_id}",
            )
        else:
            self.desk.say(
                "! Эта почта не помечает проверенных отправителей: верим только "
                "подписям, которые проверим сами.",
                "! This provider does not mark checked senders: only signatures that "
                "are checked here will count.",
            )
        least = self.desk.words("не меньше ", "at least ") if found.partly else ""
        self.desk.say(
            f"✓ Писем {shops} и с чеками: {least}{found.letters} из {found.looked_at}",
            f"✓ Letters of {shops} and with receipts: "
            f"{least}{found.letters} of {found.looked_at}",
        )
        return replace(draft, authserv_id=found.authserv_id)

    def _rest(self, draft: Draft) -> Draft:
        """Ask for the zone, where the machine has none, the hour and the name."""
        place = self.told.timezone or local_zone()
        if not place:
            place = self.asking.value(
                "Часовой пояс (город вашего времени, например Asia/Yekaterinburg)",
                "Time zone (a city of your time, such as Europe/Berlin)",
                read_zone,
                default="Europe/Moscow",
            )
        at = self.told.at or self.asking.value(
            f"Во сколько присылать письмо дня ({place})",
            f"At what hour to send the letter of the day ({place})",
            read_hour,
            default="08:00",
        )
        name = self.told.name
        if name is None:
            name = self.asking.value(
                "Фамилия, имя, отчество для претензий (Enter: позже)",
                "Your full name for claims (Enter: later)",
                str,
                default="",
            )
        try:
            hour = clock_time(read_hour(at))
            read_zone(place)
        except ValueError as error:
            raise UsageError(str(error)) from None
        return replace(draft, zone=place, at=hour, name=name)

    def _wanted(self, told: bool | None, russian: str, english: str) -> bool:
        return self.asking.yes(russian, english) if told is None else told

    def _unit_wanted(self) -> bool:
        if self.told.unit is not None:
            return self.told.unit
        if self.asking.defaults or not unit.can_run():
            return False
        return self.asking.yes(
            "Запускать постоянно, службой systemd этого пользователя?",
            "Keep it running, as a systemd unit of this user?",
        )

    def _given(self) -> str:
        file = self.told.password_file
        return credential.password(file=file) if file else ""
