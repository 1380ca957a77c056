"""The commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from copilot.bootstrap import (
    corpus_folder,
    is_git_address,
    migrated,
    open_application,
    open_worker,
    running_copilot,
)
from copilot.cli import output
from copilot.cli.accounts import add_account_commands
from copilot.cli.advice import add_next, add_suggestion_commands
from copilot.cli.backup import add_backup, add_restore
from copilot.cli.batch import BatchLine, run_batch
from copilot.cli.calculators import add_calc
from copilot.cli.cases import add_case_commands
from copilot.cli.changes import add_change_commands
from copilot.cli.deliveries import add_deliver, add_delivery_commands, run_worker
from copilot.cli.documents import add_document_commands
from copilot.cli.drafts import add_draft_commands
from copilot.cli.gaps import add_feedback, add_gap_commands
from copilot.cli.insight import add_insight
from copilot.cli.knowledge import add_gap_answer, add_knowledge_commands, add_notices, hint_at_notices
from copilot.cli.ops import ops_group
from copilot.cli.options import AsJson
from copilot.cli.outlooks import add_outlook_commands
from copilot.cli.people import add_key_commands, add_people_commands
from copilot.cli.planning import add_plan
from copilot.cli.progress import ending_early, ingestion_bar
from copilot.cli.questions import add_question_commands, print_questions_report, write_questions
from copilot.cli.schedules import add_digest, add_schedule_commands
from copilot.cli.slack import slack_group
from copilot.errors import InvalidRequest
from copilot.interfaces.contract import AnswerBody, AskBody
from copilot.interfaces.ingestion_contract import IngestReport
from copilot.interfaces.local import Copilot
from copilot.settings import Settings, check_environment, load_settings
from copilot.suggesting.advice import Language
from copilot.telemetry.logs import set_up_logs
from knowledge.document import Audience
from knowledge.errors import ReportableError
from knowledge.space import full, is_full
from knowledge.web_address import is_web_address

app = typer.Typer(
    name="copilot",
    help="Cited answers for frontline sales and customer-success people, from the company's own knowledge.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
documents_group = typer.Typer(help="List, show and delete what is in the index.", no_args_is_help=True)
app.add_typer(documents_group, name="documents")
questions_group = typer.Typer(help="Written questions: people's that helped, and the machine's.", no_args_is_help=True)
app.add_typer(questions_group, name="questions")
change_group = typer.Typer(help="What an edit does to the answers, before it is published.", no_args_is_help=True)
app.add_typer(change_group, name="change")
accounts_group = typer.Typer(help="Records of accounts, opportunities and leads.", no_args_is_help=True)
app.add_typer(accounts_group, name="accounts")
cases_group = typer.Typer(help="Customer stories that fit an account, and the ledger they allow.", no_args_is_help=True)
app.add_typer(cases_group, name="cases")
suggestions_group = typer.Typer(help="What people say of suggestions, and the error book.", no_args_is_help=True)
app.add_typer(suggestions_group, name="suggestions")
drafts_group = typer.Typer(help="Drafts: compose, edit, approve, reject.", no_args_is_help=True)
app.add_typer(drafts_group, name="drafts")
deliveries_group = typer.Typer(help="What was sent, what waits, what was given up.", no_args_is_help=True)
app.add_typer(deliveries_group, name="deliveries")
schedules_group = typer.Typer(help="Digests that are made once a week by themselves.", no_args_is_help=True)
app.add_typer(schedules_group, name="schedules")
gaps_group = typer.Typer(help="What people asked and the knowledge does not answer.", no_args_is_help=True)
app.add_typer(gaps_group, name="gaps")
knowledge_group = typer.Typer(help="Approved answers: published, pinned, withdrawn.", no_args_is_help=True)
app.add_typer(knowledge_group, name="knowledge")
people_group = typer.Typer(help="Who may use the copilot, in which roles and groups.", no_args_is_help=True)
app.add_typer(people_group, name="people")
keys_group = typer.Typer(help="API keys: made, rotated, revoked.", no_args_is_help=True)
app.add_typer(keys_group, name="keys")
app.add_typer(slack_group, name="slack")
app.add_typer(ops_group, name="ops")


class DoctorTopic(StrEnum):
    """What `doctor` can look at besides the installation."""

    CORPUS = "corpus"
    AUDIT = "audit"


class NewKind(StrEnum):
    """What `new` can start."""

    PLAYBOOK = "playbook"
    CASE = "case"
    FAQ = "faq"


Batch = Annotated[
    Path | None, typer.Option("--batch", help="Read questions from a JSONL file (- for standard input), one per line.")
]
AudienceOption = Annotated[Audience, typer.Option(help="Who will read the result; customers never see internal text.")]
VerifiedOption = Annotated[
    bool | None,
    typer.Option("--verified-only/--all", help="Verified documents alone, or all; default: COPILOT_VERIFIED_ONLY."),
]


def run() -> None:
    """Run the command line; known errors end with 1 and their message, wrong usage with 2."""
    # Bytes that are no text would break every output they are repeated in.
    sys.argv = [argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for argument in sys.argv]
    set_up_logs()
    try:
        app()
    except ReportableError as error:
        output.print_error(error, as_json="--json" in sys.argv)
        sys.exit(1)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or error.title
        refused = InvalidRequest(f"{where}: {first['msg']}. `--help` tells what is expected.")
        output.print_error(refused, as_json="--json" in sys.argv)
        sys.exit(1)
    except OSError as error:
        if not is_full(error):
            raise
        output.print_error(full(error.filename), as_json="--json" in sys.argv)
        sys.exit(1)
    except KeyboardInterrupt:
        output.errors.print("Stopped. What was finished is kept; run the command again to go on.")
        sys.exit(130)


@app.command()
def up(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Start everything: index the shipped knowledge if there is none yet, serve, and print a sign-in link."""
    _serve(host, port, newcomer=True)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Serve HTTP on what is in the index."""
    _serve(host, port, newcomer=False)


@app.command()
def mcp(
    read_only: Annotated[bool, typer.Option("--read-only", help="Offer no tool that makes drafts.")] = False,
) -> None:
    """Speak the Model Context Protocol on standard input and output, for a client that starts this command."""
    from copilot.cli.mcp import serve_stdio

    serve_stdio(_settings(), read_only=read_only)


@app.command()
def worker() -> None:
    """Send what is due, apart from `up` and `serve`, which send too."""
    settings = _settings()
    set_up_logs(settings.log_format, settings.log_level, secrets=settings.secret_values())
    with open_worker(settings) as sender:
        run_worker(sender)


@app.command()
def migrate(json: AsJson = False) -> None:
    """Bring the tables of the database up to date and end; of several that start together one does it."""
    before, after = migrated(_settings())
    if json:
        output.print_json({"before": before.stored, "revision": after.stored})
    elif before.stored == after.stored:
        output.console.print(f"The database is up to date ({after.stored}).")
    else:
        output.console.print(f"The database was brought up to date ({before.stored or 'empty'} → {after.stored}).")


def _is_address(named: str) -> bool:
    return is_git_address(named) or is_web_address(named)


@app.command()
def ingest(
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Folders, files, FILE.jsonl of records, web pages, sitemaps, git+https://… repositories."),
    ] = None,
    corpus: Annotated[bool, typer.Option(help="Include the shipped corpus.")] = True,
    questions: Annotated[
        bool, typer.Option("--questions", help="Let the chat model write questions for documents that have none.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before many requests are paid for.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on ingesting what changes, until Ctrl-C.")] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Only what failed before, wherever it came from.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Bring the index into the state of its sources; without a path, of the shipped corpus."""
    if retry_failed and (paths or questions):
        raise typer.BadParameter("--retry-failed knows what failed; leave PATH and --questions out.")
    if not paths and not corpus and not retry_failed:
        raise typer.BadParameter("Name a path, or leave --no-corpus out.")
    if watch and (questions or not paths or any("://" in path for path in paths)):
        raise typer.BadParameter("--watch takes folders and files, and no --questions.")
    named = [path if _is_address(path) else str(Path(path).absolute()) for path in paths or []]
    with _copilot() as copilot:
        if questions:
            copilot.curation.plan(named, corpus=corpus)  # says at once that no chat model is set
        with ingestion_bar("Ingesting") as listen, ending_early() as ending:
            if retry_failed:
                report = copilot.retry(listen=listen, cancelled=ending.wanted)
            else:
                report = copilot.ingest(named, corpus=corpus, listen=listen, cancelled=ending.wanted)
        if questions and not report.cancelled:
            report.questions = write_questions(copilot, named, corpus=corpus, sure=yes)
    if json:
        unasked = set() if questions else {"questions"}
        unasked |= set() if report.cancelled else {"cancelled", "left"}
        output.print_json(report.model_dump(mode="json", exclude=unasked))
    else:
        output.print_report(report)
        if report.questions:
            print_questions_report(report.questions)
    stopped = report.questions.stopped if report.questions else None
    if report.cancelled:
        raise typer.Exit(ending.status or 1)  # 1: somebody else cancelled it, over HTTP
    if stopped:
        output.errors.print(f"{stopped.code} {stopped.message}", markup=False, soft_wrap=True)
        raise typer.Exit(1)
    if watch:
        from copilot.cli import watching

        watching.watch(named, _ingest_alone, as_json=json)


def _ingest_alone(path: str) -> IngestReport:
    """Ingest one path and give the home up again, so that other commands get in between."""
    with _copilot() as copilot:
        return copilot.ingest([path], corpus=False)


@app.command()
def search(
    query: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="How many passages.")] = 10,
    audience: AudienceOption = Audience.INTERNAL,
    verified_only: VerifiedOption = None,
    batch: Batch = None,
    json: AsJson = False,
) -> None:
    """Find passages, best first."""
    _one_of(query, batch)
    with _copilot() as copilot:
        if batch is not None:
            run_batch(batch, lambda line: copilot.search(line.question, k, audience, verified_only=verified_only))
        elif query is not None:
            found = copilot.search(query, k, audience, verified_only=verified_only)
            output.print_json(found) if json else output.print_search(found)


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in your own words.")] = None,
    audience: AudienceOption = Audience.INTERNAL,
    verified_only: VerifiedOption = None,
    batch: Batch = None,
    json: AsJson = False,
) -> None:
    """Answer a question with citations, or say why not."""
    _one_of(question, batch)
    with _copilot() as copilot:

        def answer(line: BatchLine) -> AnswerBody:
            body = AskBody(
                question=line.question,
                history=line.history,
                audience=audience,
                verified_only=verified_only,
                clarify=False,
                run="batch",
            )
            return copilot.ask(body)

        if batch is not None:
            run_batch(batch, answer)
        elif question is not None:
            reply = copilot.ask(AskBody(question=question, audience=audience, verified_only=verified_only))
            output.print_json(reply) if json else output.print_answer(reply)
            hint_at_notices(copilot)


@app.command()
def evaluate(
    files: Annotated[list[Path] | None, typer.Argument(help="Questions as JSONL; default: the shipped sets.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="How many passages to judge.")] = 10,
    search_only: Annotated[bool, typer.Option("--search-only", help="Judge passages, ask for no answer.")] = False,
    audience: AudienceOption = Audience.INTERNAL,
    sample: Annotated[int | None, typer.Option(min=1, help="Only so many questions, picked at random.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the sample and of the intervals.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Write report.json, report.md and report.svg here.")] = None,
    gate: Annotated[Path | None, typer.Option(help="Floors (TOML or JSON); end with 1 if one is missed.")] = None,
    fit: Annotated[bool, typer.Option("--fit", help="Fit the confidence to these questions, for this home.")] = False,
    kept: Annotated[
        bool, typer.Option("--kept", help="The questions that people asked and that are answered.")
    ] = False,
    compare: Annotated[tuple[Path, Path] | None, typer.Option(help="Compare two report.json; needs no index.")] = None,
    json: AsJson = False,
) -> None:
    """Judge answers and passages on questions with known answers: figures, intervals, groups."""
    from copilot.cli import evaluate as evaluation

    if compare is not None:
        if files or gate or out:
            raise typer.BadParameter("--compare reads two reports; leave FILE, --gate and --out out.")
        evaluation.compare_files(*compare, seed=seed, as_json=json)
        return
    options = evaluation.Options(
        k=k, search_only=search_only, audience=audience, sample=sample, seed=seed, json=json, out=out, gate=gate
    )
    if kept and (files or fit):
        raise typer.BadParameter("--kept takes the questions of this home; leave FILE and --fit out.")
    cases = [] if kept else evaluation.prepare(files or [], options)
    if fit:
        from copilot.cli.fitting import fit_home

        output.print_json(fit_home(_settings(), cases))
        return
    with _copilot() as copilot:
        cases = evaluation.kept_cases(copilot, options) if kept else cases
        reached = evaluation.evaluate(copilot, cases, _settings(), options)
    if not reached:
        raise typer.Exit(1)


@app.command()
def train(
    epochs: Annotated[int, typer.Option(min=1, max=20, help="How often every section is seen.")] = 2,
    rank: Annotated[int, typer.Option(min=1, max=128, help="Size of the change.")] = 16,
    seed: Annotated[int, typer.Option(min=0, help="The same seed holds the same documents out.")] = 1,
    learning_rate: Annotated[float, typer.Option(min=1e-6, max=0.1, help="Of the first full step.")] = 5e-4,
    max_steps: Annotated[int | None, typer.Option(min=1, help="Stop after so many steps: a trial.")] = None,
    guard: Annotated[
        list[Path] | None,
        typer.Option(help="A folder with corpus.jsonl and queries.jsonl that must not suffer. Repeatable."),
    ] = None,
    guard_queries: Annotated[int, typer.Option(min=1, help="Questions picked of each guard.")] = 300,
    guard_passages: Annotated[int, typer.Option(min=1, help="Passages picked of each guard.")] = 1_500,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be learnt and judged, and stop.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Which model is in use, and the last run.")] = False,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Go back to the model before and to its vectors, which are kept.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Teach the embedding model your own knowledge; it takes over only if it finds more and loses nothing elsewhere."""
    from copilot.cli import training
    from knowledge.training import Recipe

    if status + rollback + dry_run > 1:
        raise typer.BadParameter("Give only one of --status, --rollback and --dry-run.")
    settings = _settings()
    if rollback:
        state, swapped = training.roll_back(settings)
        body = training.as_json(state) | {"next_step": "", "index": training.as_json(swapped) if swapped else None}
        output.print_json(body) if json else training.print_rollback(state, swapped)
        return
    if status:
        state = training.state_of(settings)
        output.print_json(training.as_json(state) | {"next_step": ""}) if json else training.print_status(state)
        return
    named = training.read_guards(guard or [], seed, guard_queries, guard_passages)
    recipe = Recipe(epochs=epochs, rank=rank, seed=seed, max_steps=max_steps, learning_rate=learning_rate)
    try:
        report = training.train(settings, recipe, named, dry_run=dry_run)
    except KeyboardInterrupt:
        output.errors.print("Stopped. Nothing was changed.")
        raise typer.Exit(130) from None
    output.print_json(training.as_json(report)) if json else training.print_training(report)


@app.command()
def doctor(
    what: Annotated[
        DoctorTopic | None, typer.Argument(help="`corpus`: check the documents instead; `audit`: the audit log.")
    ] = None,
    folder: Annotated[Path | None, typer.Option(help="The corpus to check; default: the shipped one.")] = None,
    since_head: Annotated[
        str | None, typer.Option(help="N:HASH that an earlier check of the audit log printed.")
    ] = None,
    export: Annotated[Path | None, typer.Option(help="Write the audit log to this file as JSONL.")] = None,
    online: Annotated[
        bool, typer.Option("--online", help="Also load the model, and ask the chat model, mail server, Slack, CRM.")
    ] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended without losing anything.")] = False,
    language: Annotated[Language, typer.Option(help="Language of what is found.")] = "zh",
    json: AsJson = False,
) -> None:
    """Check that everything is in place, and say what to do where it is not."""
    from copilot.cli.doctor import diagnose, print_diagnosis

    if what is DoctorTopic.CORPUS:
        from copilot.cli.corpus import check, print_check

        body = check(folder or corpus_folder())
        output.print_json(body) if json else print_check(body)
        if body.problems or body.gaps:
            raise typer.Exit(1)
        return
    if what is DoctorTopic.AUDIT:
        _check_audit(since_head, export, json=json)
        return
    diagnosis = diagnose(_settings(), online=online, fix=fix, language=language)
    output.print_json(diagnosis) if json else print_diagnosis(diagnosis, language)
    if any(check.status == "failed" for check in diagnosis.checks):
        raise typer.Exit(1)


@app.command()
def new(
    kind: Annotated[NewKind, typer.Argument(help="What to write.")],
    name: Annotated[str, typer.Argument(help="Its id: lower-case words with hyphens, without the kind.")],
    folder: Annotated[Path, typer.Option(help="The corpus folder.")] = Path("knowledge/corpus"),
) -> None:
    """Create a filled-in start for a corpus document."""
    from copilot.cli.corpus import create

    path = create(kind, name, folder)
    output.console.print(f"created {path}; check it with `copilot doctor corpus --folder {folder}`", markup=False)


def _check_audit(since_head: str | None, export: Path | None, *, json: bool) -> None:
    from copilot.cli import audit

    since = audit.read_head(since_head)
    with _copilot() as copilot:
        check = copilot.auditing.check(since)
        exported = audit.export(copilot.auditing, export) if export else None
    output.print_json(check) if json else audit.print_check(check, exported)
    if check.faults:
        raise typer.Exit(1)


def _settings(host: str | None = None, port: int | None = None) -> Settings:
    check_environment(dict(os.environ))
    overrides = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    return load_settings(**overrides)


def _settings_with(**overrides: object) -> Settings:
    check_environment(dict(os.environ))
    return load_settings(**overrides)


@contextmanager
def _copilot() -> Iterator[Copilot]:
    """Use the copilot that runs on this home, or open the home in this process."""
    settings = _settings()
    running = running_copilot(settings)
    if running is not None:
        yield running
        return
    with open_application(settings) as application:
        yield application.copilot


def _serve(host: str | None, port: int | None, *, newcomer: bool) -> None:
    from copilot.cli.serving import serve

    settings = _settings(host, port)
    running = running_copilot(settings)
    if running is not None and newcomer:
        output.errors.print("A copilot already runs on this home. Sign in once with:")
        output.errors.print(f"  {running.login_link()}", soft_wrap=True)
        return
    set_up_logs(settings.log_format, settings.log_level, secrets=settings.secret_values())
    try:
        with open_application(settings) as application:
            serve(application, installed_version("frontline-copilot"), newcomer=newcomer)
    except (SystemExit, KeyboardInterrupt):
        pass  # a signal; the home has been given up in order
    # Requests that still wait for a chat model must not keep a process alive that no longer owns anything.
    os._exit(0)


def _one_of(text: str | None, batch: Path | None) -> None:
    if (text is None) == (batch is None):
        raise typer.BadParameter("Give either a question or --batch FILE.")


add_calc(app)
add_backup(app, _copilot, _settings)
add_restore(app, _settings_with)
add_document_commands(documents_group, _copilot)
add_question_commands(questions_group, _copilot)
add_change_commands(change_group, _copilot)
add_feedback(app, _copilot)
add_gap_commands(gaps_group, _copilot)
add_account_commands(accounts_group, _copilot)
add_outlook_commands(accounts_group, _copilot)
add_case_commands(cases_group, _copilot)
add_next(app, _copilot)
add_suggestion_commands(suggestions_group, _copilot)
add_draft_commands(drafts_group, _copilot)
add_plan(app, _copilot)
add_deliver(drafts_group, _copilot)
add_delivery_commands(deliveries_group, _copilot)
add_insight(app, _copilot)
add_digest(app, _copilot)
add_schedule_commands(schedules_group, _copilot)
add_gap_answer(gaps_group, _copilot)
add_knowledge_commands(knowledge_group, _copilot)
add_notices(app, _copilot)
add_people_commands(people_group, _copilot)
add_key_commands(keys_group, _copilot)
