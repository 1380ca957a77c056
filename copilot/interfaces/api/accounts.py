"""Routes around account records."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Body, FastAPI, Query, Request

from copilot.interfaces.accounts import LocalAccounts
from copilot.interfaces.api.drafts import surface_of
from copilot.interfaces.draft_contract import AccountBody, AccountList


def add_accounts(app: FastAPI, accounts: LocalAccounts) -> None:
    """Register the routes."""

    @app.put("/v1/accounts/{id}", tags=["accounts"])
    def put_account(id: str, record: Annotated[dict[str, Any], Body()], request: Request) -> AccountBody:
        """Keep a record in place of the one with this id; unknown fields are kept and told."""
        return accounts.put(id, record, person=request.state.person, surface=surface_of(request))

    @app.get("/v1/accounts/{id}", tags=["accounts"])
    def show_account(id: str) -> AccountBody:
        """Show a record."""
        return accounts.get(id)

    @app.get("/v1/accounts", tags=["accounts"])
    def list_accounts(limit: Annotated[int, Query(ge=1, le=500)] = 100, after: str | None = None) -> AccountList:
        """List records in the order of their ids."""
        return accounts.list(limit, after)
