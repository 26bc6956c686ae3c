"""Asks an OAuth2 server, and nobody else: a form out, JSON back, no redirect followed."""

import json
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, quote_plus, urlencode, urlsplit

from triage.core.provider import LOOPBACK
from triage.errors import ConfigError, Unavailable, reason

SECONDS = 20.0
LONGEST = 1 << 18  # bytes of an answer
OPEN = frozenset({"client_id", "grant_type", "redirect_uri", "scope"})
"""Fields of a question that anybody may see; all others are secrets."""
_CODE = re.compile(r"[\w.-]{1,80}", re.ASCII)
_ODD = (
    "непонятен, повторим позже; если сеть просит входа (гостиница, кафе), войдите в неё"
)


class _Stay(urllib.request.HTTPRedirectHandler):
    """A token goes where it was meant to go or nowhere."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def ask(url: str, fields: Mapping[str, str]) -> Mapping[str, Any]:
    """Send a form and return the JSON object of the answer, of a refusal too.

    What a refusal says in words is one printable line without a secret of the question.

    Raises:
        ConfigError: the address is not protected by TLS.
        Unavailable: no answer, or none that can be read; another try may help.
    """
    place = urlsplit(url)
    if place.scheme != "https" and not (
        place.scheme == "http" and place.hostname in LOOPBACK
    ):
        raise ConfigError(f"{url}: адрес OAuth2 должен начинаться с https://")
    request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
        url,
        data=urlencode(fields).encode(),
        headers={"Accept": "application/json", "User-Agent": "triage"},
    )
    host = place.hostname
    opener = urllib.request.build_opener(_Stay)
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            return _object(answer.read(LONGEST), str(host), fields)
    except urllib.error.HTTPError as error:
        with error:
            if error.code >= 500 or error.code == 429:
                raise Unavailable(
                    f"{host}: сервер входа ответил {error.code}, повторим позже"
                ) from None
            if error.code < 400:
                raise Unavailable(
                    f"{host}: ответ сервера входа ({error.code}) {_ODD}"
                ) from None
            return _object(error.read(LONGEST), str(host), fields, refusal=True)
    except urllib.error.URLError as error:
        words = _in_words(error.reason)
        raise Unavailable(f"{host}: нет связи с сервером входа: {words}") from None
    except (OSError, HTTPException) as error:
        words = _in_words(error)
        raise Unavailable(f"{host}: нет связи с сервером входа: {words}") from None


def _in_words(cause: BaseException | str) -> str:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return (
            f"сертификат сервера не подтверждён ({cause.verify_message}); проверьте часы "
            "этого компьютера и сеть"
        )
    if isinstance(cause, OSError) and not isinstance(cause, ssl.SSLError):
        return reason(cause)
    return cause if isinstance(cause, str) else type(cause).__name__


def _object(
    body: bytes, host: str, fields: Mapping[str, str], *, refusal: bool = False
) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unavailable(f"{host}: ответ сервера входа {_ODD}")
    if refusal or found.get("error"):
        code = found.get("error")
        if not isinstance(code, str) or not _CODE.fullmatch(code):  # RFC 6749, 5.2
            raise Unavailable(f"{host}: ответ сервера входа {_ODD}")
        words = _without_secrets(str(found.get("error_description", "")), fields)
        return {"error": _without_secrets(code, fields), "error_description": words}
    return found


def _without_secrets(words: str, fields: Mapping[str, str]) -> str:
    """Make a server's words one printable line that repeats nothing it was told."""
    for name, value in fields.items():
        if value and name not in OPEN:
            for written in (value, quote(value, safe=""), quote_plus(value)):
                words = words.replace(written, "***")
    return "".join(sign if sign.isprintable() else " " for sign in words)
