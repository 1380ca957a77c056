"""A chat model outside of the own network, which is not told whose number stands in a text."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal
from urllib.parse import urlsplit

from copilot.chat_model import ChatModel, Prompt, never
from copilot.privacy.placeholders import Placeholders

MaskPolicy = Literal["off", "hosted", "always"]
#: Names that only resolve inside (RFC 6761, RFC 6762, RFC 8375, ICANN's `.internal`).
_INSIDE = (".localhost", ".local", ".internal", ".home.arpa", ".lan")
#: Providers that ask this machine when no address is given.
_LOCAL_PROVIDERS = ("ollama:",)


class MaskingChatModel:
    """Implements `ChatModel`: placeholders go out, the model's text comes back with what they stand for.

    Whoever asks sees the whole text, so that grounding and citations judge what people will read.
    """

    def __init__(self, model: ChatModel) -> None:
        self.name = model.name
        self._model = model

    def complete(self, prompt: Prompt) -> str:
        """Return the model's text."""
        placeholders, hidden = _hidden(prompt)
        return placeholders.restore(self._model.complete(hidden))

    def stream(self, prompt: Prompt, cancelled: Callable[[], bool] = never) -> Iterator[str]:
        """Yield the model's text; a placeholder that comes in pieces is held back until it is whole."""
        placeholders, hidden = _hidden(prompt)
        yield from placeholders.restored(self._model.stream(hidden, cancelled))


def is_masked(policy: MaskPolicy, model: str, base_url: str | None) -> bool:
    """Tell whether a chat model is one that people's numbers are kept from."""
    return policy == "always" or (policy == "hosted" and is_hosted(model, base_url))


def is_hosted(model: str, base_url: str | None) -> bool:
    """Tell whether a chat model is, or may be, outside of the own network; names are not resolved."""
    if not base_url:
        return not model.startswith(_LOCAL_PROVIDERS)
    try:
        host = (urlsplit(base_url if "://" in base_url else f"//{base_url}").hostname or "").rstrip(".")
    except ValueError:
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        # A name of one word is of the own network, as in a file of containers; digits alone may be an address.
        one_word = "." not in host and any(character.isalpha() for character in host)
        return not (one_word or host.endswith(_INSIDE))
    return not (address.is_loopback or address.is_private or address.is_link_local) or address.is_unspecified


def _hidden(prompt: Prompt) -> tuple[Placeholders, Prompt]:
    """Hide what stands in the data; `system` is ours and holds nothing of others."""
    placeholders = Placeholders()
    return placeholders, replace(prompt, user=placeholders.hide(prompt.user))
