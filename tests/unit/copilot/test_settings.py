"""Settings from the environment and from a file, and what people read when one is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.errors import ConfigurationError
from copilot.settings import check_environment, load_settings

SECRET = "sk-do-not-show-me"


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """copilot.toml is read from the working folder, which must not be a developer's."""
    monkeypatch.chdir(tmp_path)


def write_file(text: str) -> None:
    Path("copilot.toml").write_text(text, encoding="utf-8")


def refusal() -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    return caught.value.message


def test_everything_has_a_default() -> None:
    settings = load_settings()

    assert settings.home == Path(".copilot")
    assert settings.models == Path(".copilot/models")
    assert settings.host == "127.0.0.1"


def test_the_environment_sets_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPILOT_PORT", "9001")

    assert load_settings().port == 9001


def test_the_file_sets_a_value() -> None:
    write_file('port = 9002\nhome = "elsewhere"\n')

    assert (load_settings().port, load_settings().home) == (9002, Path("elsewhere"))


def test_the_environment_wins_over_the_file_and_an_argument_over_both(monkeypatch: pytest.MonkeyPatch) -> None:
    write_file("port = 9002\n")
    monkeypatch.setenv("COPILOT_PORT", "9001")

    assert load_settings().port == 9001
    assert load_settings(port=9000).port == 9000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COPILOT_PORT", "eighty"),
        ("COPILOT_PORT", "70000"),
        ("COPILOT_CHAT_TIMEOUT_S", "0"),
        ("COPILOT_API_KEY", "short"),
        ("COPILOT_DATABASE_URL", "mysql://db"),
    ],
)
def test_a_value_that_cannot_be_used_names_its_variable(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)

    assert name in refusal()


def test_a_value_that_is_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPILOT_PORT", "eighty")

    assert "'eighty'" in refusal()


def test_a_key_that_is_too_short_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPILOT_API_KEY", "tooshort")

    assert "tooshort" not in refusal()


def test_the_password_in_a_refused_database_address_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPILOT_DATABASE_URL", f"postgresql://copilot:{SECRET}@db")

    assert SECRET not in refusal()


def test_a_secret_under_a_mistyped_name_in_the_file_is_not_shown() -> None:
    write_file(f'chat_api_kye = "{SECRET}"\n')

    message = refusal()

    assert "chat_api_kye" in message
    assert SECRET not in message


def test_secrets_are_hidden_wherever_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPILOT_API_KEY", SECRET)
    monkeypatch.setenv("COPILOT_CHAT_API_KEY", SECRET)

    settings = load_settings()

    assert SECRET not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert settings.chat_api_key is not None
    assert settings.chat_api_key.get_secret_value() == SECRET


@pytest.mark.parametrize("prefix", ["postgres://", "postgresql://", "postgresql+psycopg://"])
def test_every_way_to_write_an_address_of_postgresql_is_understood(prefix: str) -> None:
    address = load_settings(database_url=f"{prefix}me:{SECRET}@db:5433/copilot?sslmode=require").database_url
    assert address is not None
    assert address.get_secret_value() == f"postgresql+psycopg://me:{SECRET}@db:5433/copilot?sslmode=require"


@pytest.mark.parametrize(
    "address",
    ["postgresql://me@db", "postgresql://", "postgres://db:port/x", "postgresql://[db/x", "mysql://db/x", "copilot.db"],
)
def test_an_address_that_cannot_be_one_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_DATABASE_URL"):
        load_settings(database_url=address)


@pytest.mark.parametrize("text", ["port = ", "= 1", "\x00"])
def test_a_file_that_is_not_toml_is_named(text: str) -> None:
    write_file(text)

    assert "copilot.toml" in refusal()


def test_a_file_in_another_encoding_is_named() -> None:
    Path("copilot.toml").write_bytes('home = "续约"'.encode("gb18030"))

    assert "copilot.toml" in refusal()


def test_an_unknown_variable_is_named_with_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match=r"'COPILOT_PROT'.*COPILOT_PORT"):
        check_environment({"COPILOT_PROT": "8000", "PATH": "/bin"})


def test_the_value_of_an_unknown_variable_is_not_shown() -> None:
    with pytest.raises(ConfigurationError) as caught:
        check_environment({"COPILOT_CHAT_KEY": SECRET})

    assert SECRET not in caught.value.message


def test_known_variables_and_those_of_others_are_accepted() -> None:
    check_environment({"COPILOT_HOME": "x", "COPILOT_CHAT_API_KEY": SECRET, "HOME": "/root", "COPILOTS": "2"})


@pytest.mark.parametrize("text", ["a.example,li@b.example", "a.example li@b.example", " a.example , li@b.example,"])
def test_several_names_stand_in_one_variable(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPILOT_DELIVERY_ALLOWED", text)

    assert load_settings().delivery_allowed == ("a.example", "li@b.example")


def test_several_names_are_a_list_in_the_file() -> None:
    write_file('delivery_internal = ["a.example", "li@b.example"]\n')

    assert load_settings().delivery_internal == ("a.example", "li@b.example")


def test_the_password_of_the_mail_server_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPILOT_SMTP_URL", f"smtps://me:{SECRET}@mail.example")

    assert SECRET not in f"{load_settings()!r} {load_settings().model_dump_json()}"


def test_watched_folders_are_separated_by_commas_and_may_have_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPILOT_WATCH", "/data/our files, /data/b")

    assert load_settings().watch == (Path("/data/our files"), Path("/data/b"))


def test_watched_folders_stand_in_the_file_as_a_list() -> None:
    write_file('watch = ["/data/a, b"]\n')

    assert load_settings().watch == (Path("/data/a, b"),)


def test_an_address_cannot_be_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPILOT_WATCH", "git+https://host/know.git")

    assert "addresses cannot" in refusal()
