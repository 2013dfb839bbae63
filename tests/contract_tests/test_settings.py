from __future__ import annotations

from pathlib import Path

import pytest
from letta_contract.contract_tests.errors import UsageError
from letta_contract.contract_tests.settings import Settings, settings

NOWHERE = Path("there is no such file")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "letta-contract.toml"


def test_flag_before_environment_before_file_before_default(file: Path) -> None:
    """Each place gives way to the one before it."""
    file.write_text('url = "http://file"\ntoken = "file"\nagent-id = "file"\nmodel = "file"\n')
    environment = {"LETTA_BASE_URL": "http://environment", "LETTA_API_KEY": "environment"}
    chosen = settings({"url": "http://flag"}, environment, file)
    assert (chosen.url, chosen.token, chosen.agent_id, chosen.model) == ("http://flag", "environment", "file", "file")
    assert chosen.timeout == 30.0


def test_official_variables_are_read() -> None:
    """What the official client reads from the environment, the command reads as well."""
    environment = {"LETTA_BASE_URL": "http://a", "LETTA_API_KEY": "b", "LETTA_AGENT_ID": "c"}
    chosen = settings({}, environment, NOWHERE)
    assert (chosen.url, chosen.token, chosen.agent_id) == ("http://a", "b", "c")


@pytest.mark.parametrize("value", [None, (), False])
def test_flag_that_was_not_given_overrides_nothing(file: Path, value: object) -> None:
    """A flag that is absent leaves the file's value alone."""
    file.write_text("strict = true\n")
    assert settings({"strict": value}, {}, file).strict is True


def test_zero_is_given(file: Path) -> None:
    """0 is a value like any other, not an absent flag."""
    file.write_text("seed = 7\nwait = 7\n")
    chosen = settings({"seed": 0, "wait": 0.0}, {}, file)
    assert (chosen.seed, chosen.wait) == (0, 0.0)


def test_empty_variable_counts_as_none(file: Path) -> None:
    """An empty variable is one that was not set."""
    file.write_text('token = "file"\n')
    assert settings({}, {"LETTA_API_KEY": ""}, file).token == "file"


def test_unknown_flags_are_not_settings() -> None:
    """What belongs to one command alone passes by."""
    assert settings({"seconds": 5.0}, {}, NOWHERE) == Settings()


def test_file_spells_names_with_dashes_and_lists_as_lists(file: Path) -> None:
    """The file is TOML: dashes or underscores in names, lists for what can be given often."""
    file.write_text('skip = ["a", "b"]\nstream-timeout = 5\nallow_agent_writes = true\n')
    chosen = settings({}, {}, file)
    assert (chosen.skip, chosen.stream_timeout, chosen.allow_agent_writes) == (("a", "b"), 5, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("url = ", "cannot be read: Invalid value (at end of document). Mend it, or take it away."),
        ("tokn = 'x'", "unknown setting 'tokn'. Known are: agent_id, allow_agent_writes, "),
        ("strict = 'yes'", "strict = 'yes' is of the wrong type. Give true or false."),
        ("seed = true", "seed = True is of the wrong type. Give a whole number."),
        ("seed = 1.5", "seed = 1.5 is of the wrong type. Give a whole number."),
        ("timeout = 'long'", "timeout = 'long' is of the wrong type. Give a number."),
        ("wait = true", "wait = True is of the wrong type. Give a number."),
        ("skip = 'a'", "skip = 'a' is of the wrong type. Give a list of strings."),
        ("cases = [1]", "cases = (1,) is of the wrong type. Give a list of strings."),
        ("url = 7", "url = 7 is of the wrong type. Give a string."),
        ("out = []", "out = () is of the wrong type. Give a string."),
    ],
)
def test_file_that_is_wrong_is_a_usage_error(file: Path, text: str, message: str) -> None:
    """A slip in the file stops the command, and the message names file, setting and way out."""
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        settings({}, {}, file)
    assert str(caught.value).startswith(f"{file}")
    assert message in str(caught.value)


def test_file_that_is_not_utf_8_is_a_usage_error(file: Path) -> None:
    """A file in another encoding is told as one that cannot be read."""
    file.write_bytes(b"url = '\xff'")
    with pytest.raises(UsageError, match=r"cannot be read: .*utf-8.*Mend it"):
        settings({}, {}, file)


def test_secret_of_the_wrong_type_is_not_shown(file: Path) -> None:
    """A token or a header that stands in the file in another form is not repeated."""
    for text in ("token = ['hush']", "header = 'hush'"):
        file.write_text(text)
        with pytest.raises(UsageError, match=r"(token|header) is of the wrong type") as caught:
            settings({}, {}, file)
        assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"url": "ftp://host"}, "'ftp://host' is no address of a server. Give one such as http://localhost:8283."),
        ({"url": ""}, "'' is no address of a server. Give one such as http://localhost:8283."),
        ({"url": "http://"}, "'http://' is no address of a server. Give one such as http://localhost:8283."),
        (
            {"url": "http://[::1"},
            "'http://[::1' is no address of a server: Invalid IPv6 URL. Give one such as http://localhost:8283.",
        ),
        (
            {"url": "http://host:99999"},
            "'http://host:99999' is no address of a server: Port out of range 0-65535. Give one such as http://localhost:8283.",
        ),
        (
            {"url": "http://host:0"},
            "'http://host:0' is no address of a server. Give one such as http://localhost:8283.",
        ),
        ({"url": "http://ho st"}, "'http://ho st' is no address of a server. Give one such as http://localhost:8283."),
        ({"url": "http://höst"}, "'http://höst' is no address of a server. Give one such as http://localhost:8283."),
        (
            {"url": "http://host/\n"},
            "'http://host/\\n' is no address of a server. Give one such as http://localhost:8283.",
        ),
        (
            {"url": "http://host?a=b"},
            "'http://host?a=b' has a query or a fragment, which no base address has. Give one such as http://localhost:8283.",
        ),
        (
            {"url": "http://host#a"},
            "'http://host#a' has a query or a fragment, which no base address has. Give one such as http://localhost:8283.",
        ),
        (
            {"url": "http://me:hush@host"},
            "The address holds a name or a password. Pass it as --header 'Authorization: …' instead.",
        ),
        (
            {"url": "ftp://me:hush@host:99999"},
            "The address holds a name or a password. Pass it as --header 'Authorization: …' instead.",
        ),
        ({"header": ("hush",)}, "A --header has no colon. Give each as 'Name: value'."),
        ({"header": (": hush",)}, "--header '' is no HTTP header. Give it as 'Name: value', in printable ASCII."),
        ({"header": ("A B: hush",)}, "--header 'A B' is no HTTP header. Give it as 'Name: value', in printable ASCII."),
        ({"header": ("A: hüsh",)}, "--header 'A' is no HTTP header. Give it as 'Name: value', in printable ASCII."),
        ({"header": ("A: hu\nsh",)}, "--header 'A' is no HTTP header. Give it as 'Name: value', in printable ASCII."),
        ({"token": "hüsh"}, "The token has a character that no header can carry. Check --token or LETTA_API_KEY."),
        ({"token": "hush\n"}, "The token has a character that no header can carry. Check --token or LETTA_API_KEY."),
        ({"timeout": 0.0}, "--timeout 0 is no time to wait. Give seconds, more than 0."),
        ({"timeout": float("nan")}, "--timeout nan is no time to wait. Give seconds, more than 0."),
        ({"stream_timeout": -1.0}, "--stream-timeout -1 is no time to wait. Give seconds, more than 0."),
        ({"stream_timeout": float("inf")}, "--stream-timeout inf is no time to wait. Give seconds, more than 0."),
        ({"wait": -1.0}, "--wait -1 is no time to wait. Give seconds, 0 for not at all."),
        ({"max_response_time": 0.0}, "--max-response-time 0 is no time. Give seconds, more than 0."),
        ({"shard": "3/2"}, "--shard '3/2' is no part of a whole. Give it as I/N, such as 2/4."),
        ({"update_baseline": True}, "--update-baseline does not know which file to write. Pass --baseline FILE, too."),
        ({"format": "xml"}, "format = 'xml' is unknown. Give one of: rich, plain, json, github."),
        ({"key": "key.pem"}, "--key is the key of a certificate. Pass --cert, too."),
    ],
)
def test_value_that_cannot_be_used_is_a_usage_error(flags: dict[str, object], message: str) -> None:
    """What could never work is told before anything is sent, and without what may be a secret."""
    with pytest.raises(UsageError) as caught:
        settings(flags, {}, NOWHERE)
    assert str(caught.value) == message
    assert "hush" not in message


@pytest.mark.parametrize(
    "flags",
    [
        {"url": "https://host/prefix/"},
        {"url": "http://[::1]:8283"},
        {"header": ("X-Tenant: a:b", "X-Empty:")},
        {"timeout": 0.001, "wait": 0.0},
        {"cert": "a.pem", "key": "b.pem"},
    ],
)
def test_value_that_can_be_used_is_taken(flags: dict[str, object]) -> None:
    """Nothing usable is refused."""
    assert settings(flags, {}, NOWHERE) == Settings(**flags)  # type: ignore[arg-type]


def test_headers_are_pairs_without_the_space_around_them() -> None:
    """Only the first colon divides a header, and the space after it is not part of the value."""
    assert Settings(header=("X-A: b:c", "X-D:")).headers == (("X-A", "b:c"), ("X-D", ""))


def test_nothing_is_on_by_itself() -> None:
    """Whatever weakens a verdict, or changes what is not ours, has to be asked for."""
    switches = {name for name, value in vars(Settings()).items() if isinstance(value, bool)}
    assert {"allow_agent_writes", "stateless", "strict", "exitfirst"} <= switches
    assert not any(getattr(Settings(), name) for name in switches)


def test_secrets_are_in_no_representation() -> None:
    """A settings value may be printed: neither token nor headers are in it."""
    assert "hush" not in repr(Settings(token="hush", header=("Authorization: hush",)))


@pytest.mark.parametrize("part", ["0/2", "3/2", "1", "a/b", "1/0", "-1/2", "1/2/3"])
def test_shard_is_a_part_of_a_whole(part: str) -> None:
    """A shard that is none would leave cases out unseen."""
    with pytest.raises(UsageError, match="I/N"):
        settings({"shard": part}, {}, NOWHERE)


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_response_time_is_more_than_nothing(seconds: float) -> None:
    """No server answers in no time."""
    with pytest.raises(UsageError, match="--max-response-time"):
        settings({"max_response_time": seconds}, {}, NOWHERE)


def test_response_time_may_stand_in_the_file(file: Path) -> None:
    """A number without a default is still a number."""
    file.write_text("max-response-time = 2\n")
    assert settings({}, {}, file).max_response_time == 2
    file.write_text('max-response-time = "2"\n')
    with pytest.raises(UsageError, match="a number"):
        settings({}, {}, file)
