"""Tables of the copilot's own stages; those of the knowledge stand in knowledge/adapters/sql/tables.py."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

#: The same names as in the knowledge's tables, so that one migration chain reads alike.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("person", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("ix_conversations_person_created_at", "person", "created_at"),
)

#: `body` is the whole answer as it was shown; the passages beside it are what it was made from. The columns behind
#: `created_at` are what is counted; those of answers before the step 0014 are partly unknown.
answers = Table(
    "answers",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation_id", String(36), ForeignKey("conversations.id"), nullable=False, index=True),
    Column("question", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("body", JSON, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("reason", Text),
    Column("intent", Text),
    Column("language", Text),
    Column("audience", Text),
    Column("account_id", Text),
    Column("surface", Text),
    Column("composer", Text),
    Column("request", String(64)),
    Index("ix_answers_request", "request", unique=True),
    Index("ix_answers_reason_created_at", "reason", "created_at"),
    Index(
        "ix_answers_counted", "created_at", "status", "reason", "surface", "intent", "conversation_id", "id"
    ),  # all that insight counts: no body is read for it
)

answer_passages = Table(
    "answer_passages",
    metadata,
    Column("answer_id", String(36), ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    Column("rank", Integer, primary_key=True),
    Column("document_id", String(16), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("score", Float, nullable=False),
)

#: The documents an answer cites, in the version it quotes.
answer_citations = Table(
    "answer_citations",
    metadata,
    Column("answer_id", String(36), ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    Column("document_id", String(16), primary_key=True, index=True),
    Column("version", Integer, nullable=False),
)

#: Only hashes: a stolen database opens nothing.
api_keys = Table(
    "api_keys",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("id", String(16)),
    Column("person", Text, nullable=False, index=True),
    Column("scopes", JSON(none_as_null=True)),  # null: all that the person may do
    Column("label", Text, nullable=False, server_default=""),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Column("last_used_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    Index("ix_api_keys_id", "id", unique=True),
)

people = Table(
    "people",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("roles", JSON, nullable=False),
    Column("groups", JSON, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("id", String(16), nullable=False),
    Column("person", Text, nullable=False, index=True),
    Column("way", String(16), nullable=False),
    Column("browser", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Index("ix_sessions_id", "id", unique=True),
)

#: Sign-in links and invitations that are open; what was used or ended is deleted.
one_time_codes = Table(
    "one_time_codes",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("person", Text, nullable=False, index=True),
    Column("made_by", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

passwords = Table(
    "passwords",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("hash", Text, nullable=False),
    Column("set_at", DateTime(timezone=True), nullable=False),
)

#: Failed sign-ins by account and by address of the network; neither can be read from the key of an account.
sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("first_at", DateTime(timezone=True), nullable=False),
    Column("blocked_until", DateTime(timezone=True)),
)

#: Accounts at a provider of single sign-on that are bound to people.
identities = Table(
    "identities",
    metadata,
    Column("issuer", String(400), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("person", Text, nullable=False, index=True),
    Column("email", Text),
    Column("bound_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True), nullable=False),
)

#: Sign-ins that are under way at a provider.
sign_on_attempts = Table(
    "sign_on_attempts",
    metadata,
    Column("state", String(64), primary_key=True),
    Column("browser", String(64), nullable=False),
    Column("nonce", Text, nullable=False),
    Column("verifier", Text, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("back", Text, nullable=False),
    Column("binds", Text),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

#: What a chat model wrote for a passage, paid for once; `checked_chunk` is the chunk they were last checked for.
question_outcomes = Table(
    "question_outcomes",
    metadata,
    Column("passage", String(64), primary_key=True),
    Column("model", Text, primary_key=True),
    Column("prompt", String(64), primary_key=True),
    Column("candidates", JSON, nullable=False),
    Column("tokens_in", Integer),
    Column("tokens_out", Integer),
    Column("checked_chunk", String(48)),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

answer_feedback = Table(
    "answer_feedback",
    metadata,
    Column("answer_id", String(36), ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    Column("person", Text, primary_key=True),
    Column("helpful", Boolean),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
    Column("reason", String(16)),
    Column("comment", Text),
    Column("edited_text", Text),
    Column("copied_at", DateTime(timezone=True)),
    Column("shared_at", DateTime(timezone=True)),
)

#: Questions that helped, waiting for the owner's word; `audience` is who may meet them at most.
proposed_questions = Table(
    "proposed_questions",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("text", Text, nullable=False),
    Column("document_id", String(16), nullable=False),
    Column("passage", String(64), nullable=False),
    Column("audience", String(16), nullable=False),
    Column("groups", JSON, nullable=False, server_default="[]"),
    Column("answer_id", String(36), nullable=False, index=True),
    Column("person", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("decided_by", Text),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    Column("decided_at", DateTime(timezone=True)),
)

#: The newest state of each record of the CRM.
accounts = Table(
    "accounts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("type", String(16), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

#: What was observed about a record, by whom and when; only ever added to.
account_signals = Table(
    "account_signals",
    metadata,
    Column("account_id", Text, ForeignKey("accounts.id"), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("name", Text, nullable=False),
    Column("value", JSON(none_as_null=True)),
    Column("source", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Index("ix_account_signals_account_id_at", "account_id", "at"),
)

#: What was suggested for a record, so that a reaction can name it; the record need not exist any more.
suggestions = Table(
    "suggestions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("account_id", Text, nullable=False, index=True),
    Column("action", Text, nullable=False),
    Column("playbook", Text, nullable=False, index=True),
    Column("shown_at", DateTime(timezone=True), nullable=False),
)

#: Only ever added to; the last row of a person is what they say now.
suggestion_reactions = Table(
    "suggestion_reactions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("suggestion_id", String(36), ForeignKey("suggestions.id"), nullable=False),
    Column("person", Text, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("reason", Text),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
    Index("ix_suggestion_reactions_suggestion_id_person", "suggestion_id", "person"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("account_id", Text, index=True),
    Column("language", String(2), nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False, index=True),
    Column("inputs", JSON, nullable=True),
)

#: Never updated; `quotes` and `findings` are what the reader of this revision was shown.
draft_revisions = Table(
    "draft_revisions",
    metadata,
    Column("draft_id", String(36), ForeignKey("drafts.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("content", Text, nullable=False),
    Column("quotes", JSON, nullable=False),
    Column("findings", JSON, nullable=False),
    Column("author", Text, nullable=False),
    Column("surface", String(16), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("based_on", Integer),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("draft_id", String(36), ForeignKey("drafts.id"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("person", Text, nullable=False),
    Column("on_behalf_of", Text),
    Column("reason", Text),
    Column("surface", String(16), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
    Column("key", Text, nullable=False),
    Column("findings", JSON, nullable=False),
    UniqueConstraint("person", "key"),
)

delegations = Table(
    "delegations",
    metadata,
    Column("giver", Text, primary_key=True),
    Column("taker", Text, primary_key=True),
    Column("until", DateTime(timezone=True), nullable=False),
)

#: Only ever added to; `hash` chains each entry to the one before (copilot/audit/entry.py).
audit_log = Table(
    "audit_log",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("action", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("surface", String(16), nullable=False),
    Column("at", String(40), nullable=False),  # as text: the hash covers it to the microsecond
    Column("details", JSON, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

#: One row, changed with every entry: writers wait for each other here, and a log cut at its end is found out.
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

#: Moves of accounts, only ever added; the id is a hash of all the rest. `ended` or the second place is null.
account_transitions = Table(
    "account_transitions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("account_id", Text, nullable=False, index=True),
    Column("from_stage", String(16), nullable=False),
    Column("from_band", String(16), nullable=False),
    Column("action", Text),
    Column("to_stage", String(16)),
    Column("to_band", String(16)),
    Column("ended", String(16)),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
    Column("source", Text, nullable=False),
)

#: What waits to be sent and what was; a revision goes to a destination once.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("draft_id", String(36), ForeignKey("drafts.id"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("destination", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("leased_until", DateTime(timezone=True)),
    Column("code", Text),
    Column("detail", Text),
    Column("receipt", Text),
    Column("requested_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, index=True),
    Column("sent_at", DateTime(timezone=True)),
    UniqueConstraint("draft_id", "revision", "channel", "destination"),
    Index("ix_deliveries_status_due_at", "status", "due_at"),
)

#: Replies that are to be looked at: they miss something, or somebody spoke about them; written in the same commit.
gap_queue = Table(
    "gap_queue",
    metadata,
    Column("answer_id", String(36), ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
)

#: The counts are of observations that are not withdrawn, kept with each of them.
gaps = Table(
    "gaps",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("question", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("status", String(16), nullable=False),
    Column("observations", Integer, nullable=False),
    Column("askers", Integer, nullable=False),
    Column("first_at", DateTime(timezone=True), nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    Column("owner", Text, index=True),
    Column("former_owner", Text),
    Column("document_id", String(16)),
    Column("draft_id", String(36), index=True),
    Column("published_id", String(16)),
    Column("reason", Text),
    Column("changed_at", DateTime(timezone=True)),
    Column("reopened_at", DateTime(timezone=True)),
    Column("merged_into", String(16), index=True),  # the gap that its observations were moved to; it is asked for there
    Index("ix_gaps_status_askers", "status", "askers", "observations", "last_at"),
    Index("ix_gaps_askers", "askers", "observations", "last_at"),
)

gap_observations = Table(
    "gap_observations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("gap_id", String(16), ForeignKey("gaps.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("answer_id", String(36), nullable=False),
    Column("conversation_id", String(36)),
    Column("key", String(64), nullable=False),
    Column("question", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("person", Text, nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("account_id", Text),
    Column("stage", Text),
    Column("reason", String(16)),
    Column("comment", Text),
    Column("document_id", String(16)),
    Column("version", Integer),
    Column("withdrawn", Boolean, nullable=False),
    Index("ix_gap_observations_gap_id_at", "gap_id", "at"),
    Index("ix_gap_observations_gap_id_person", "gap_id", "person"),
    Index("ix_gap_observations_conversation_id_key", "conversation_id", "key"),
)

#: `vector` is float32, as `model` made it; `number` grows with every one that is kept or renewed.
gap_wordings = Table(
    "gap_wordings",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("number", Integer, nullable=False, index=True, unique=True),
    Column("gap_id", String(16), ForeignKey("gaps.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("model", Text, nullable=False, index=True),
    Column("vector", LargeBinary, nullable=False),
)

#: What became of each revision that was decided; `edit_share` is of an approved one (copilot/drafting/edit_share.py).
draft_outcomes = Table(
    "draft_outcomes",
    metadata,
    Column("draft_id", String(36), ForeignKey("drafts.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("account_id", Text),
    Column("person", Text, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("edit_share", Float),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("ix_draft_outcomes_kind_at", "kind", "at"),
)

#: The documents that the decided revision quotes, or that it was composed from, in the version quoted.
draft_outcome_documents = Table(
    "draft_outcome_documents",
    metadata,
    Column("draft_id", String(36), ForeignKey("drafts.id"), primary_key=True),
    Column("document_id", String(16), primary_key=True, index=True),
    Column("version", Integer, nullable=False),
)

#: Approved revisions on their way into the knowledge; the row is the memory of attempts, the draft's status the queue.
publications = Table(
    "publications",
    metadata,
    Column("draft_id", String(36), ForeignKey("drafts.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("gap_id", Text, nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("source", Text),
    Column("document_id", String(16), index=True),
    Column("version", Integer),
    Column("section", Text),
    Column("attempts", Integer, nullable=False),
    Column("code", Text),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("leased_until", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("published_at", DateTime(timezone=True)),
)

#: Who was told of which answer; once, whatever happens. `sending` is null where no channel is to send it.
notices = Table(
    "notices",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("person", Text, nullable=False),
    Column("gap_id", Text, nullable=False),
    Column("publication", String(36), nullable=False),
    Column("document_id", String(16), nullable=False),
    Column("section", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True)),
    Column("sending", String(16), index=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", DateTime(timezone=True)),
    UniqueConstraint("gap_id", "person", "publication"),
    Index("ix_notices_person_created_at", "person", "created_at"),
)

#: Questions that people asked and that are answered now; only ever added to.
evaluation_questions = Table(
    "evaluation_questions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("text", Text, nullable=False),
    Column("document_ids", JSON, nullable=False),
    Column("quotes", JSON, nullable=False),
    Column("added_at", DateTime(timezone=True), nullable=False),
)

#: Answers that are returned as they stand, one for each wording.
pins = Table(
    "pins",
    metadata,
    Column("words", String(200), primary_key=True),
    Column("question", Text, nullable=False),
    Column("document_id", String(16), nullable=False, index=True),
    Column("section", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("valid_until", Date),
    Column("pinned_by", Text, nullable=False),
    Column("pinned_at", DateTime(timezone=True), nullable=False),
)

#: What is made by itself once a week. A lease is a worker's; `next_due_at` moves on with each run.
schedules = Table(
    "schedules",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("person", Text, nullable=False),
    Column("scope", String(16), nullable=False),
    Column("weekday", Integer, nullable=False),
    Column("local_time", String(5), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("language", String(2), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("destination", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("reason", Text),
    Column("created_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("next_due_at", DateTime(timezone=True), nullable=False, index=True),
    Column("leased_until", DateTime(timezone=True)),
    Column("leased_by", String(64)),
    Column("last_run_at", DateTime(timezone=True)),
    Column("last_outcome", Text),
    UniqueConstraint("kind", "person", "scope", "channel", "destination"),
)

#: One run for each due time, whoever tries.
schedule_runs = Table(
    "schedule_runs",
    metadata,
    Column("schedule_id", String(36), ForeignKey("schedules.id", ondelete="CASCADE"), primary_key=True),
    Column("due_at", DateTime(timezone=True), primary_key=True),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("asked", Boolean, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("draft_id", String(36)),
    Column("delivery_id", String(36)),
    Column("outcome", String(16), nullable=False, index=True),
    Column("detail", Text),
    Column("at", DateTime(timezone=True), nullable=False),
)

#: What Slack asked of us, written before Slack is told that we have it; one row for every event about one message.
slack_events = Table(
    "slack_events",
    metadata,
    Column("key", String(300), primary_key=True),
    Column("event_id", String(64), unique=True),
    Column("kind", String(16), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("thread", String(32), nullable=False),
    Column("ts", String(32), nullable=False),
    Column("person", String(32), nullable=False),
    Column("work", JSON, nullable=False),
    Column("status", String(16), nullable=False),
    Column("reason", Text),
    Column("answer_ts", String(32)),
    Column("attempts", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("lease", DateTime(timezone=True), nullable=False),
    Index("ix_slack_events_channel_thread", "channel", "thread"),
    Index("ix_slack_events_status_lease", "status", "lease"),
)

#: What the buttons of our messages in Slack are about.
slack_messages = Table(
    "slack_messages",
    metadata,
    Column("id", String(120), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("thread", String(32), nullable=False),
    Column("ts", String(32), nullable=False),
    Column("person", String(32), nullable=False),
    Column("body", JSON, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("ix_slack_messages_kind_subject", "kind", "subject"),
    Index("ix_slack_messages_channel_thread", "channel", "thread"),
)

#: What tokens of ours are signed with; the newest signs. The numbers make one of several who begin at once the first.
signing_keys = Table(
    "signing_keys",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("secret", String(64), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

#: Who asked for a person to take a conversation over. `telling` lists the places that are still to be told; `locked`:
#: the copilot waits until it is asked to go on.
handovers = Table(
    "handovers",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation_id", String(36), ForeignKey("conversations.id"), nullable=False, index=True),
    Column("person", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("status", String(8), nullable=False),
    Column("locked", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("done_at", DateTime(timezone=True)),
    Column("done_by", Text),
    Column("told_at", DateTime(timezone=True)),
    Column("telling", JSON, nullable=False),
    Column("due_at", DateTime(timezone=True), index=True),
    Column("attempts", Integer, nullable=False),
    Index("ix_handovers_status_created_at", "status", "created_at"),
)

#: What `copilot evaluate` found: `summary` is the figures that lists and trends show, `report` the whole as JSON.
evaluations = Table(
    "evaluations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
    Column("person", Text, nullable=False),
    Column("summary", JSON, nullable=False),
    Column("report", Text, nullable=False),
)

#: Which account a record of a CRM belongs to. `bound_by` is the person who said so; empty where the account says so
#: itself.
account_records = Table(
    "account_records",
    metadata,
    Column("record", Text, primary_key=True),
    Column("account_id", Text, primary_key=True),
    Column("bound_by", Text, primary_key=True, default=""),
    Column("at", DateTime(timezone=True)),
    Index("ix_account_records_account_id", "account_id"),
)

#: Tokens that open something once, until they would be too old anyway.
used_tokens = Table(
    "used_tokens",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("until", DateTime(timezone=True), nullable=False, index=True),
)

#: Work that outlasts a request, as far as whoever does it has written; `cancelled`: somebody asked for its end.
background_runs = Table(
    "background_runs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("person", Text, nullable=False),
    Column("running", Boolean, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Column("begun_at", DateTime(timezone=True), nullable=False, index=True),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Index("ix_background_runs_kind_begun_at", "kind", "begun_at"),
)

#: How fast people ask, in all processes: when what they may ask at once is whole again, in seconds since 1970.
paces = Table(
    "paces",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("full_at", Double, nullable=False),
)
