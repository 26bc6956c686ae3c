"""From the configuration to the owner's mail servers: passwords, logins, connections."""

from triage.config import Account, Login, Smtp
from triage.edges import credential
from triage.edges.mailbox import ImapMailbox, ImapServer
from triage.edges.smtp import Postman, Server


def password_of(login: Login) -> str:
    """Read the password of a login; "" where there is no login.

    Raises:
        ConfigError: it cannot be read.
    """
    if not login.user:
        return ""
    return credential.password(
        file=login.password_file,
        command=login.password_command,
        credential=login.password_credential,
    )


def settings_of(login: Login) -> str:
    """Write down all that a login depends on, but the password."""
    return f"{login.host}:{login.port} {login.tls} {login.ca_file} {login.user}"


def connect(account: Account, password: str) -> ImapMailbox:
    """Open the mailbox of an account."""
    return ImapMailbox(
        ImapServer(
            host=account.host,
            port=account.port,
            tls=account.tls.value,
            ca_file=account.ca_file,
            user=account.user,
            password=password,
        )
    )


def postman(smtp: Smtp, owner: str, password: str) -> Postman:
    """Make the sender of letters to the owner."""
    server = Server(
        host=smtp.host,
        port=smtp.port,
        tls=smtp.tls.value,
        ca_file=smtp.ca_file,
        user=smtp.user,
        password=password,
        sender=smtp.sender,
    )
    return Postman(server, owner)
