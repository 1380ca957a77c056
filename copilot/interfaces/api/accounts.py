"""Routes around account records."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Body, FastAPI, Query, Request

from copilot.interfaces.account_contract import SignalBody, SignalList, SignalsAdded
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

    @app.post("/v1/accounts/{id}/signals", tags=["accounts"], status_code=201)
    def add_signals(id: str, body: SignalBody | list[SignalBody], request: Request) -> SignalsAdded:
        """Add what was observed about an account; a list goes in whole or not at all, the same again adds nothing."""
        given = body if isinstance(body, list) else [body]
        observations = [one.model_dump(exclude_none=True) for one in given]
        return accounts.add_signals(id, observations, person=request.state.person, surface=surface_of(request))

    @app.get("/v1/accounts/{id}/signals", tags=["accounts"])
    def list_signals(id: str, limit: Annotated[int, Query(ge=1, le=2000)] = 100) -> SignalList:
        """List what was observed about an account, newest first, with the facts that it changes."""
        return accounts.signals(id, limit)
