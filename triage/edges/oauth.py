"""Asks an OAuth2 server, and nobody else: a form out, JSON back, no redirect followed."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

from triage.errors import ConfigError, Unavailable, reason

SECONDS = 20.0
LONGEST = 1 << 18  # bytes of an answer
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class _Stay(urllib.request.HTTPRedirectHandler):
    """A token goes where it was meant to go or nowhere."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def ask(url: str, fields: Mapping[str, str]) -> Mapping[str, Any]:
    """Send a form and return the JSON object of the answer, of a refusal too.

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
            return _object(answer.read(LONGEST), str(host))
    except urllib.error.HTTPError as error:
        with error:
            if error.code >= 500 or error.code == 429 or error.code < 400:
                raise Unavailable(
                    f"{host}: сервер входа ответил {error.code}"
                ) from None
            return _object(error.read(LONGEST), str(host), refusal=True)
    except urllib.error.URLError as error:
        cause = error.reason
        words = reason(cause) if isinstance(cause, OSError) else str(cause)
        raise Unavailable(f"{host}: нет связи с сервером входа: {words}") from None
    except (OSError, HTTPException) as error:
        words = reason(error) if isinstance(error, OSError) else type(error).__name__
        raise Unavailable(f"{host}: нет связи с сервером входа: {words}") from None


def _object(body: bytes, host: str, *, refusal: bool = False) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or (refusal and "error" not in found):
        raise Unavailable(f"{host}: ответ сервера входа непонятен")
    return found
