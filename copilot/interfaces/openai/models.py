"""The models that a client can choose: one per audience, since that is all that is to be chosen here."""

from __future__ import annotations

from collections.abc import Mapping

from copilot.errors import UnknownModel
from knowledge.document import Audience

MODELS: Mapping[str, Audience] = {
    "frontline-copilot": Audience.INTERNAL,
    "frontline-copilot-customer": Audience.CUSTOMER,
}


def audience_of(model: str) -> Audience:
    """Return who will read the answers of a model.

    Raises:
        UnknownModel: it is none of ours.
    """
    if model not in MODELS:
        raise UnknownModel(f"There is no model {model!r}. Choose {' or '.join(map(repr, MODELS))}.")
    return MODELS[model]


def model_body(model: str) -> dict[str, object]:
    """Show a model as OpenAI's list does; it was not made on any day."""
    audience_of(model)
    return {"id": model, "object": "model", "created": 0, "owned_by": "frontline-copilot"}
