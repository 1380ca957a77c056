"""A tool: what it takes, what it needs, what it returns; and how a call of it goes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from mcp_types import CallToolResult, ResourceLink, TextContent, ToolAnnotations
from mcp_types import Tool as ToolListing
from pydantic import BaseModel, ValidationError

from copilot.errors import InvalidRequest, NotPermitted
from copilot.interfaces.api.problems import unexpected
from copilot.interfaces.contract import ProblemBody
from copilot.interfaces.mcp.contract import Arguments
from copilot.interfaces.mcp.desk import Access, Desk
from copilot.interfaces.mcp.watcher import Watcher
from copilot.interfaces.presentation import problem
from copilot.people.scope import Scope
from knowledge.errors import ReportableError

_Taken = TypeVar("_Taken", bound=Arguments)
_Given = TypeVar("_Given", bound=BaseModel)


def _as_json(result: BaseModel) -> str:
    return json.dumps(result.model_dump(mode="json"), ensure_ascii=False)


def _no_links(_: BaseModel) -> Sequence[ResourceLink]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Tool(Generic[_Taken, _Given]):
    """`text` is for clients that read no structured content: everything a model needs stands in it."""

    name: str
    title: str
    description: str
    scopes: tuple[Scope, ...]
    takes: type[_Taken]
    gives: type[_Given]
    run: Callable[[Desk, _Taken, Watcher], _Given]
    text: Callable[[_Given], str] = _as_json
    links: Callable[[_Given], Sequence[ResourceLink]] = _no_links
    writes: bool = False  #: keeps something new; nothing is ever changed or taken away

    def offered(self, access: Access) -> bool:
        """Tell whether a caller may use it."""
        return set(self.scopes) <= access.caller.scopes and not (self.writes and access.read_only)

    def listing(self) -> ToolListing:
        """Describe it. The output is described as it is read, where what has a default may be missing."""
        return ToolListing(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=self.takes.model_json_schema(),
            output_schema=self.gives.model_json_schema(),
            annotations=ToolAnnotations(
                title=self.title,
                read_only_hint=not self.writes,
                destructive_hint=False,
                idempotent_hint=not self.writes,
                open_world_hint=False,
            ),
        )

    def call(self, access: Access, arguments: Mapping[str, Any], watcher: Watcher) -> CallToolResult:
        """Run it; what goes wrong is a result too, which a model can read and mend."""
        try:
            self._permit(access)
            taken = self._read(arguments)
            with access.desk() as desk:
                given = self.run(desk, taken, watcher)
            return CallToolResult(
                content=[TextContent(text=self.text(given)), *self.links(given)],
                structured_content=given.model_dump(mode="json"),
            )
        except ReportableError as error:
            return failed(problem(error))
        except Exception as error:  # noqa: BLE001  # the call's boundary; logged with its cause
            return failed(unexpected(error))

    def _permit(self, access: Access) -> None:
        access.caller.need(*self.scopes)
        if self.writes and access.read_only:
            raise NotPermitted(
                f"{self.name} writes, and this server only reads. Start `copilot mcp` without --read-only."
            )

    def _read(self, arguments: Mapping[str, Any]) -> _Taken:
        try:
            return self.takes.model_validate(arguments)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "arguments"
            known = ", ".join(self.takes.model_fields)
            raise InvalidRequest(f"{where}: {first['msg'].lower()}. {self.name} takes {known}.") from error


#: A tool of any kind.
AnyTool = Tool[Any, Any]


def failed(told: ProblemBody) -> CallToolResult:
    """Return an error as a result."""
    error = told.model_dump(exclude_none=True, include={"code", "detail", "status", "reference", "choices", "diff"})
    return CallToolResult(
        content=[TextContent(text=f"{told.code}: {told.detail}")], structured_content={"error": error}, is_error=True
    )
