"""The configuration file: what it may say, and the sentence and line of every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from openress.config import Config, load_config
from openress.errors import ParameterError
from openress.folders import default_folder
from openress.sections import HttpConfig, LinkConfig, LoadConfig
from tests.processes import REPOSITORY


def read(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "openress.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path)


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "") == Config()


def test_everything_said_is_taken(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        """
        data = "here"
        [rack]
        product = "own.toml"
        packs = 3
        soc_pct = [20, 30.5]
        seed = 9
        speed = 60
        [http]
        host = "::1"
        port = 0
        [load]
        kind = "profile"
        file = "day.csv"
        [[links]]
        url = "pty:./rack"
        [[links]]
        url = "tcp-listen://127.0.0.1:0"
        group = 7
        [parameters]
        cell_ov_alarm_mv = 3480
        """,
    )
    assert (config.rack.packs, config.rack.soc_pct, config.rack.seed, config.rack.speed) == (3, [20, 30.5], 9, 60)
    assert config.http == HttpConfig(host="::1", port=0)
    assert config.links == [LinkConfig(url="pty:./rack"), LinkConfig(url="tcp-listen://127.0.0.1:0", group=7)]
    assert config.parameters == {"cell_ov_alarm_mv": 3480}
    # Files are looked for beside the one that names them.
    assert config.rack.product == str(tmp_path / "own.toml")
    assert config.load == LoadConfig(kind="profile", file=str(tmp_path / "day.csv"))
    assert config.data == tmp_path / "here"


def test_absolute_paths_stay(tmp_path: Path) -> None:
    elsewhere = (tmp_path / "elsewhere").as_posix()
    config = read(tmp_path, f'data = "{elsewhere}"\n[load]\nkind = "profile"\nfile = "{elsewhere}/day.csv"\n')
    assert config.data == Path(elsewhere)
    assert config.load.file is not None
    assert Path(config.load.file) == Path(elsewhere) / "day.csv"


def test_brokers_and_notifications_are_named_with_files_beside_the_configuration(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        """
        [mqtt]
        host = "broker"
        tls = true
        ca_file = "ca.pem"
        password_file = "/elsewhere/password"
        [notify]
        level = "fault"
        [[notify.webhooks]]
        url = "https://example.org/x"
        token_file = "token"
        [notify.email]
        host = "mail"
        sender = "a@b"
        recipients = ["c@d"]
        password_file = "mail"
        """,
    )
    assert config.mqtt is not None
    assert config.mqtt.ca_file == str(tmp_path / "ca.pem")
    assert Path(config.mqtt.password_file or "") == Path("/elsewhere/password")
    assert config.notify is not None
    assert config.notify.webhooks[0].token_file == str(tmp_path / "token")
    assert config.notify.email is not None
    assert config.notify.email.password_file == str(tmp_path / "mail")


def test_the_example_shows_the_usual_values() -> None:
    config = load_config(REPOSITORY / "docs" / "examples" / "openress.toml")
    usual = Config()
    assert (config.http, config.load, config.gateway) == (usual.http, usual.load, usual.gateway)
    assert config.rack == usual.rack.model_copy(update={"soc_pct": [80, 60, 40, 20]})
    assert [link.dialect for link in config.links] == ["pylontech", "pylontech"]


MISTAKES = [
    # TOML itself; the reader of the standard library tells the line.
    ("[rack\npacks = 3", ": ", "is not in TOML: ", "(at line 1, column 6)"),
    ("[rack]\npacks = 3\npacks = 4\nseed = 1", ": ", "is not in TOML: Cannot overwrite a value", "(at line 3"),
    # Names.
    ("\n\n[rak]\npacks = 3", ", line 3: ", "there is no setting 'rak'; did you mean rack?"),
    ("# first\nrak.packs = 3", ", line 2: ", "there is no setting 'rak'; did you mean rack?"),
    ("[rak.sub]\npacks = 3", ", line 1: ", "there is no setting 'rak'; did you mean rack?"),
    ("[rack] # packz = 1\n# packz = 2\n  packz = 3", ", line 3: ", "'rack.packz'; did you mean packs?"),
    ('[rack]\n"packz" = 3', ", line 2: ", "'rack.packz'; did you mean packs?"),
    ("rack = { packz = 3 }", ", line 1: ", "'rack.packz'; did you mean packs?"),
    ("rack . packz = 3", ", line 1: ", "'rack.packz'; did you mean packs?"),
    ("[ http ]\nzzz = 1", ", line 2: ", "'http.zzz'; known: anonymous, certificate, host, key, names, port."),
    ("[load]\ncurent_a = 1", ", line 2: ", "'load.curent_a'; did you mean current_a?"),
    (
        "zzzzz = 3",
        ", line 1: ",
        (
            "there is no setting 'zzzzz'; known: "
            "battery, data, gateway, history, http, links, load, mqtt, notify, parameters, passport, rack."
        ),
    ),
    ("[gateway]\ninverter = 'viktor'", ", line 2: ", "There is no inverter"),
    ("[gateway]\ndialect = 'victron-cam'", ", line 2: ", "did you mean victron-can?"),
    ("[gateway]\nport = 'can:slcam:/dev/ttyACM0'", ", line 2: ", "did you mean can:slcan"),
    ("[gateway]\nquirks = ['deaf']", ", line 2: ", "[gateway] quirks, entry 1 must be 'ignores-ccl'"),
    ("[gateway]\nsoc_min_pct = 60\nsoc_max_pct = 61", ", line 3: ", "has no room in it"),
    ("[gateway]\ncharge_current_a = -1", ", line 2: ", "[gateway] charge_current_a must be at least 0"),
    ("[http]\nport = 1\n[parameters]\ncell_ov_alarm = 1", ", line 4: ", "'cell_ov_alarm'; did you mean cell_ov_alarm"),
    ("[mqtt]\nport = 1883", ", line 1: ", "[mqtt] host is missing; add it"),
    ("[mqtt]\nhost = 'h'\nusernam = 'u'", ", line 3: ", "there is no setting 'mqtt.usernam'; did you mean username?"),
    ("[mqtt]\nhost = 'h'\nroot = 'a/#'", ", line 3: ", "[mqtt] root must be letters, digits, - and _, with / between"),
    ("[mqtt]\nhost = 'h'\nrecord_every_s = 45", ", line 3: ", "[mqtt] record_every_s must be 10, 30, 60, "),
    ("[notify]\nlevel = 'bad'", ", line 2: ", "[notify] level must be 'notice', 'alarm'"),
    (
        "[[notify.webhooks]]\nurl = 'file:///etc/passwd'",
        ", line 2: ",
        "[[notify.webhooks]] url must be an address that",
    ),
    # Types and ranges.
    ('[rack]\npacks = "four"', ", line 2: ", "[rack] packs must be a whole number, not 'four'."),
    ("[rack]\n\npacks = 4.5", ", line 3: ", "[rack] packs must be a whole number, not 4.5."),
    ("[rack]\npacks = true", ", line 2: ", "[rack] packs must be a whole number, not true."),
    ("[rack]\npacks = 0", ", line 2: ", "[rack] packs must be at least 1, not 0."),
    ("[rack]\npacks = 65", ", line 2: ", "[rack] packs must be at most 64, not 65."),
    ("[rack]\nspeed = 0", ", line 2: ", "[rack] speed must be more than 0, not 0."),
    ("[rack]\nspeed = nan", ", line 2: ", "[rack] speed must be "),
    ("[rack]\nspeed = inf", ", line 2: ", "[rack] speed must be a finite number, not inf."),
    ("[rack]\nsoc_pct = 50", ", line 2: ", "[rack] soc_pct must be a list, as [1, 2], not 50."),
    ("[rack]\nsoc_pct = []", ", line 2: ", "[rack] soc_pct must be a list with at least 1, not []."),
    (
        "[rack]\nsoc_pct = [\n  50,\n  101,\n]",
        ", line 2: ",
        "[rack] soc_pct, entry 2 must be at most 100, not 101.",
    ),
    ("[rack]\nproduct = 5", ", line 2: ", '[rack] product must be a text, as "text", not 5.'),
    ("rack = 5", ", line 1: ", "rack must be a section of settings, not 5."),
    ("[http]\nport = 65536", ", line 2: ", "[http] port must be at most 65535, not 65536."),
    ('[load]\nkind = "house"', ", line 2: ", "[load] kind must be 'household', 'constant' or 'profile'"),
    ("[load]\ncurrent_a = nan", ", line 2: ", "[load] current_a must be "),
    (
        "[parameters]\ncell_ov_alarm_mv = '3'",
        ", line 2: ",
        "[parameters] cell_ov_alarm_mv must be a number, not '3'.",
    ),
    ("[parameters]\ncell_ov_alarm_mv = true", ", line 2: ", "must be a number, not true."),
    ("data = 5", ", line 1: ", 'data must be a text, as "text", not 5.'),
    # Lists of tables: the entry counts, not the first line that looks alike.
    (
        '[[links]]\nurl = "pty:a"\n[[links]]\nurl = 5',
        ", line 4: ",
        '[[links]] url must be a text, as "text", not 5.',
    ),
    (
        '[[links]]\nurl = "pty:a"\n\n[[links]]\ngroup = 1',
        ", line 4: ",
        "[[links]] url is missing; add it",
    ),
    (
        '[[links]]\nurl = "pty:a"\ngroup = 8\n[[links]]\nurl = "pty:b"',
        ", line 3: ",
        "[[links]] group must be at most 7",
    ),
    ('[[links]]\nurl = "pty:a"\n[http]\nport = "x"', ", line 4: ", "[http] port must be a whole number"),
    (
        '[[links]]\nurl = "pty:a"\n[[links]]\nurI = "pty:b"',
        ", line 3: ",
        "[[links]] url is missing; add it",
    ),
    (
        '[[links]]\nurl = "pty:a"\n[[links]]\nurl = "pty:b"\ngrup = 1',
        ", line 5: ",
        "'links.grup'; did you mean group?",
    ),
    ('[[links]]\nurl = "/dev/ttyUSB0"', ", line 2: ", "serial:/dev/ttyUSB0"),
    ('[[links]]\nurl = "pty:a"\ndialect = "pylontec"', ", line 3: ", "did you mean pylontech?"),
    ('links = [{url = "nonsense"}]', ", line 1: ", "'nonsense' is no link"),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake[0] for mistake in MISTAKES])
def test_a_mistake_is_one_sentence_with_its_line(tmp_path: Path, mistake: tuple[str, ...]) -> None:
    text, line, *parts = mistake
    with pytest.raises(ParameterError) as caught:
        read(tmp_path, text)
    sentence = str(caught.value)
    if "TOML" not in parts[0]:
        assert sentence.startswith(f"{tmp_path / 'openress.toml'}{line}")
    for part in parts:
        assert part in sentence
    assert "\n" not in sentence
    assert sentence.endswith((".", "?"))


def test_a_long_value_is_not_told_in_full(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"not 'x{59}\.\.\.\.$"):
        read(tmp_path, f'[rack]\npacks = "{"x" * 5000}"')


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"nothing\.toml cannot be read: No such file or directory\."):
        load_config(tmp_path / "nothing.toml")
    with pytest.raises(ParameterError, match="cannot be read: "):
        load_config(tmp_path)
    path = tmp_path / "openress.toml"
    path.write_bytes(b"[rack]\n# \xff\n")
    with pytest.raises(ParameterError, match=r"is no text in UTF-8\.$"):
        load_config(path)


def test_the_usual_data_folder_is_below_the_home_of_this_person(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    assert default_folder().is_relative_to(tmp_path)
    assert default_folder().name == "openress"
