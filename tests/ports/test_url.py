"""Link URLs: what people write, and what they are told when it cannot be used."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openress.errors import ParameterError
from openress.ports import Parity, PtyLink, SerialLink, TcpLink, TcpListenLink, parse_link

LINKS = [
    # what is written, the link, the shortest way to write it
    ("serial:/dev/ttyUSB0", SerialLink("/dev/ttyUSB0"), "serial:/dev/ttyUSB0"),
    ("serial:/dev/ttyUSB0?baud=9600&parity=N&stop=1", SerialLink("/dev/ttyUSB0"), "serial:/dev/ttyUSB0"),
    (
        "serial:/dev/ttyUSB0?baud=115200&parity=e&stop=2&bytes=7",
        SerialLink("/dev/ttyUSB0", 115200, Parity.EVEN, 2, 7),
        "serial:/dev/ttyUSB0?baud=115200&parity=E&stop=2&bytes=7",
    ),
    ("serial:COM3", SerialLink("COM3"), "serial:COM3"),
    ("serial:com12?baud=1200", SerialLink("com12", 1200), "serial:com12?baud=1200"),
    (r"serial:\\.\COM12", SerialLink(r"\\.\COM12"), r"serial:\\.\COM12"),
    ("serial://COM3", SerialLink("COM3"), "serial:COM3"),
    ("serial:///dev/ttyS1", SerialLink("/dev/ttyS1"), "serial:/dev/ttyS1"),
    (
        "serial:/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0",
        SerialLink("/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0"),
        "serial:/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0",
    ),
    ("tcp://192.168.1.20:4196", TcpLink("192.168.1.20", 4196), "tcp://192.168.1.20:4196"),
    ("TCP://box.lan:23", TcpLink("box.lan", 23), "tcp://box.lan:23"),
    ("tcp://[::1]:4196", TcpLink("::1", 4196), "tcp://[::1]:4196"),
    ("tcp://[fe80::1%eth0]:1", TcpLink("fe80::1%eth0", 1), "tcp://[fe80::1%eth0]:1"),
    ("tcp-listen://0.0.0.0:4196", TcpListenLink("0.0.0.0", 4196), "tcp-listen://0.0.0.0:4196"),  # noqa: S104 parsed, not bound
    ("tcp-listen://[::]:0", TcpListenLink("::", 0), "tcp-listen://[::]:0"),
    ("pty:/tmp/battery", PtyLink("/tmp/battery"), "pty:/tmp/battery"),  # noqa: S108 parsed, not made
    ("  pty:battery one ", PtyLink("battery one"), "pty:battery one"),
]

MISTAKES = [
    ("", "The link is empty: write serial:"),
    ("/dev/ttyUSB0", "write serial:/dev/ttyUSB0 for a serial port"),
    ("/dev/serial/by-path/pci-0000:00:14.0", "write serial:/dev/serial/by-path/pci-0000:00:14.0 for"),
    ("COM3", "write serial:COM3"),
    ("192.168.1.20:4196", "write tcp://192.168.1.20:4196 to connect, or tcp-listen://192.168.1.20:4196"),
    ("localhost:4196", "write tcp://localhost:4196 to connect"),
    ("[::1]:4196", "write tcp://[::1]:4196 to connect"),
    ("192.168.1.20", "write serial:/dev/ttyUSB0?baud=9600, tcp://192.168.1.20:4196, "),
    ("seral:/dev/ttyUSB0", "did you mean serial:/dev/ttyUSB0?baud=9600?"),
    ("tpc://host:4196", "did you mean tcp://192.168.1.20:4196?"),
    ("tcplisten://host:4196", "did you mean tcp-listen://0.0.0.0:4196?"),
    ("http://host:80", "'http' is no kind of link: write serial:"),
    ("serial:", "serial: needs a path: write it like serial:/dev/ttyUSB0?baud=9600."),
    ("serial:ttyUSB0", "write serial:/dev/ttyUSB0 or serial:COM3."),
    ("serial:/dev/ttyUSB0?", "A serial link has no option ''"),
    ("serial:/dev/ttyUSB0?boud=9600", "no option 'boud': did you mean baud?"),
    ("serial:/dev/ttyUSB0?x=1", "the options are baud, parity, stop or bytes."),
    ("serial:/dev/ttyUSB0?baud=1&baud=2", "The option baud is given twice"),
    ("serial:/dev/ttyUSB0?baud=fast", "baud=fast is not possible: write 50 to 4000000"),
    ("serial:/dev/ttyUSB0?baud=49", "baud=49 is not possible: write a whole number from 50 to 4000000"),
    ("serial:/dev/ttyUSB0?baud=" + "9" * 5000, "is not possible: write 50 to 4000000"),
    ("serial:/dev/ttyUSB0?parity=X", "parity=X is not possible: write N (none), E (even) or O (odd)."),
    ("serial:/dev/ttyUSB0?stop=3", "stop=3 is not possible: write 1 or 2."),
    ("serial:/dev/ttyUSB0?bytes=9", "bytes=9 is not possible: write 7 or 8."),
    ("tcp:host:4196", "'tcp:host:4196' needs a host and a port number: write it like tcp://"),
    ("tcp://host", "needs a host and a port number: write it like tcp://192.168.1.20:4196."),
    ("tcp://:4196", "tcp:// needs a host"),
    ("tcp-listen://:4196", "tcp-listen:// needs a host: write it like tcp-listen://0.0.0.0:4196."),
    ("tcp://host:0", "port=0 is not possible: write a whole number from 1 to 65535."),
    ("tcp://host:65536", "port=65536 is not possible"),
    ("tcp-listen://host:70000", "or 0 for any free port."),
    ("tcp://::1:4196", "write an IPv6 address as [::1]."),
    ("tcp://[host]:4196", "brackets are for IPv6 only"),
    ("tcp://[1::2::3]:4196", "'1::2::3' is no IP address"),
    ("tcp://192.168.1.300:4196", "'192.168.1.300' is no IP address"),
    ("tcp://user@host:1", "'user@host' is no host name"),
    ("tcp://" + "a" * 64 + ":1", "is no host name"),
    ("tcp://host:1?baud=9600", "needs a host and a port number"),
    ("pty:", "pty: needs a path: write it like pty:/tmp/battery."),
    ("pty:/tmp/x?baud=9600", "cannot be the path of a pty link"),
    ("pty:/tmp/\0", "cannot be the path of a pty link"),
]


@pytest.mark.parametrize(("text", "link", "shortest"), LINKS)
def test_links(text, link, shortest):
    assert parse_link(text) == link
    assert str(link) == shortest
    assert parse_link(shortest) == link


@pytest.mark.parametrize(("text", "sentence"), MISTAKES)
def test_mistakes_are_told_with_the_remedy(text, sentence):
    with pytest.raises(ParameterError) as caught:
        parse_link(text)
    assert sentence in str(caught.value)
    assert str(caught.value)[-1] in ".?"


@pytest.mark.parametrize(
    "make",
    [
        lambda: SerialLink("/dev/x?y"),
        lambda: SerialLink("//dev/x"),
        lambda: SerialLink("/dev/x "),
        lambda: SerialLink("/dev/x", baud=0),
        lambda: TcpLink("[::1]", 1),
        lambda: TcpLink("two words", 1),
        lambda: TcpListenLink("host", -1),
        lambda: PtyLink("battery\n"),
    ],
)
def test_a_link_that_could_not_be_written_down_cannot_be_made(make):
    with pytest.raises(ParameterError):
        make()


PATHS = st.text(st.characters(codec="utf-8", exclude_characters="?"), min_size=1, max_size=30).filter(
    lambda text: text.isprintable() and text == text.strip() and not text.startswith("//")
)
LABELS = st.from_regex(r"[a-z0-9_][a-z0-9_-]{0,20}", fullmatch=True)
HOSTS = st.one_of(
    st.ip_addresses().map(str),
    st.tuples(LABELS, st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)).map(".".join),
)
SERIAL_LINKS = st.builds(
    SerialLink,
    device=PATHS.map(lambda path: f"/{path.lstrip('/')}") | st.integers(1, 256).map(lambda n: f"COM{n}"),
    baud=st.integers(50, 4_000_000),
    parity=st.sampled_from(Parity),
    stop_bits=st.sampled_from([1, 2]),
    data_bits=st.sampled_from([7, 8]),
)
TCP_LINKS = st.builds(TcpLink, HOSTS, st.integers(1, 65535))
LISTEN_LINKS = st.builds(TcpListenLink, HOSTS, st.integers(0, 65535))


@given(SERIAL_LINKS | TCP_LINKS | LISTEN_LINKS | st.builds(PtyLink, PATHS))
def test_what_is_written_is_read_back(link):
    assert parse_link(str(link)) == link


@given(
    st.text()
    | st.tuples(
        st.sampled_from(["serial:", "tcp://", "tcp://[", "tcp-listen://", "pty:", "serial:/dev/a?baud="]),
        st.text(),
    ).map("".join)
)
def test_any_text_is_a_link_or_a_parameter_error(text):
    try:
        link = parse_link(text)
    except ParameterError:
        return
    assert parse_link(str(link)) == link
