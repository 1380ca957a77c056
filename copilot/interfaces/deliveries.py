"""The use cases around deliveries, on the services of this process."""

from __future__ import annotations

import builtins
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from copilot.audit.surface import Surface
from copilot.delivery.delivery import ChannelName, Delivery, DeliveryStatus
from copilot.delivery.service import DeliveryService
from copilot.drafting.draft import DraftId
from copilot.drafting.rights import KEEPERS, WRITERS
from copilot.errors import UnknownDelivery
from copilot.interfaces.delivery_contract import DeliverBody, DeliveryBody, DeliveryList, ForeseenBody, delivery_body
from copilot.people.person import Person

#: Between two looks at a delivery that is waited for.
LOOK_EVERY_S = 0.25
_WAITING = frozenset({"queued", "sending"})


class Deliveries(Protocol):
    """What a surface can ask for, whether the index is in this process or in a server."""

    def request(self, draft_id: str, body: DeliverBody) -> DeliveryBody:
        """Have a draft sent; asking again returns the delivery there is."""
        ...

    def of(self, draft_id: str) -> DeliveryList:
        """Return the deliveries of a draft, oldest first."""
        ...

    def list(self, status: DeliveryStatus | None = None, limit: int = 50) -> DeliveryList:
        """Return deliveries, the newest first."""
        ...

    def show(self, id: str) -> DeliveryBody:
        """Return a delivery."""
        ...

    def retry(self, id: str) -> DeliveryBody:
        """Send a delivery that was given up, blocked or waits as soon as possible."""
        ...

    def wait(self, id: str, within_s: float) -> DeliveryBody:
        """Return a delivery once it is settled, or as it stands when the time is over."""
        ...


class LocalDeliveries:
    """Implements `Deliveries`; `as_caller` gives the same for another person on another surface."""

    def __init__(
        self,
        *,
        service: DeliveryService,
        step: Callable[[], bool],
        person: str,
        person_of: Callable[[str], Person],
        surface: Surface = Surface.CLI,
    ) -> None:
        """`step` tries one delivery that is due: a command waits by doing the worker's work."""
        self._service = service
        self._step = step
        self._person = person
        self._person_of = person_of
        self._surface = surface

    def as_caller(self, person: str, surface: Surface) -> LocalDeliveries:
        """Return the use cases for somebody else."""
        return LocalDeliveries(
            service=self._service, step=self._step, person=person, person_of=self._person_of, surface=surface
        )

    def request(self, draft_id: str, body: DeliverBody) -> DeliveryBody:
        """Have a draft sent."""
        person = self._person_of(self._person)
        kept = self._service.request(
            DraftId(draft_id), body.channel, body.destination, person, self._surface, revision=body.revision
        )
        return delivery_body(kept)

    def foresee(self, draft_id: str, body: DeliverBody) -> ForeseenBody:
        """Tell where a draft would go, who reads it there and what they may not see; nothing is sent."""
        person = self._person_of(self._person)
        told = self._service.foresee(DraftId(draft_id), body.channel, body.destination, person, revision=body.revision)
        return ForeseenBody(
            channel=body.channel,
            destination=told.destination,
            revision=told.revision,
            audience=told.audience,
            against=told.against,
        )

    @property
    def channels(self) -> Sequence[ChannelName]:
        """Return the ways out that are set up."""
        return self._service.channels

    def failed(self, limit: int = 200) -> DeliveryList:
        """Return deliveries that were given up or stopped, the newest first."""
        found = [
            one for status in (DeliveryStatus.DEAD, DeliveryStatus.BLOCKED) for one in self._service.list(status, limit)
        ]
        return DeliveryList(deliveries=self._shown(sorted(found, key=lambda one: one.created_at, reverse=True)))

    def of(self, draft_id: str) -> DeliveryList:
        """Return the deliveries of a draft."""
        return DeliveryList(deliveries=self._shown(self._service.of(DraftId(draft_id))))

    def list(self, status: DeliveryStatus | None = None, limit: int = 50) -> DeliveryList:
        """Return deliveries."""
        return DeliveryList(deliveries=self._shown(self._service.list(status, limit)))

    def _shown(self, found: Sequence[Delivery]) -> builtins.list[DeliveryBody]:
        """Leave out deliveries of others for who keeps the knowledge alone: destinations are customers' addresses."""
        person = self._person_of(self._person)
        others = person.has(*WRITERS) or not person.has(*KEEPERS)
        return [delivery_body(one) for one in found if others or one.requested_by == person.id]

    def show(self, id: str) -> DeliveryBody:
        """Return a delivery."""
        found = self._service.get(id)
        if not self._shown([found]):
            raise UnknownDelivery(f"There is no delivery {id!r} of yours. `copilot deliveries list` shows them.")
        return delivery_body(found)

    def retry(self, id: str) -> DeliveryBody:
        """Send a delivery as soon as possible."""
        return delivery_body(self._service.retry(id, self._person_of(self._person), self._surface))

    def wait(self, id: str, within_s: float) -> DeliveryBody:
        """Work until it is settled."""

        def look() -> DeliveryBody:
            while self._step() and self.show(id).status in _WAITING:
                pass
            return self.show(id)

        return wait_for(look, within_s)


def wait_for(
    look: Callable[[], DeliveryBody],
    within_s: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> DeliveryBody:
    """Look again and again until a delivery is settled or the time is over."""
    ends = clock() + within_s
    while (body := look()).status in _WAITING and clock() < ends:
        sleep(LOOK_EVERY_S)
    return body
