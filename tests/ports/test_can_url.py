"""CAN link URLs: what people write, and what they are told when it cannot be used."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openress.codec.slcan import BIT_RATES
from openress.errors import ParameterError
from openress.ports import SerialLink, TcpLink, is_can_link, parse_can_link, parse_link
from openress.ports.canurl import SlcanLink, SocketcandLink, SocketcanLink, UdpCanLink, VirtualCanLink

LINKS = [
    # what is written, the link, the shortest way to write it
    ("can:slcan:/dev/ttyACM0", SlcanLink(SerialLink("/dev/ttyACM0", 115200)), "can:slcan:/dev/ttyACM0"),
    (
        "can:slcan:/dev/ttyACM0?bitrate=500000&baud=115200",
        SlcanLink(SerialLink("/dev/ttyACM0", 115200)),
        "can:slcan:/dev/ttyACM0",
    ),
    (
        "CAN:SLCAN:COM3?baud=1000000&bitrate=250000",
        SlcanLink(SerialLink("COM3", 1000000), 250000),
        "can:slcan:COM3?bitrate=250000&baud=1000000",
    ),
    (
        "can:slcan:tcp://192.168.1.20:3333?bitrate=125000",
        SlcanLink(TcpLink("192.168.1.20", 3333), 125000),
        "can:slcan:tcp://192.168.1.20:3333?bitrate=125000",
    ),
    ("can:socketcan:can0?bitrate=500000", SocketcanLink("can0"), "can:socketcan:can0"),
    ("can:socketcan:vcan0?bitrate=250000", SocketcanLink("vcan0", 250000), "can:socketcan:vcan0?bitrate=250000"),
    (
        "can:socketcand:192.168.1.20:29536/can0",
        SocketcandLink("192.168.1.20", 29536, "can0"),
        "can:socketcand:192.168.1.20:29536/can0",
    ),
    ("can:socketcand://pi.lan/can1", SocketcandLink("pi.lan", 29536, "can1"), "can:socketcand:pi.lan:29536/can1"),
    ("can:socketcand:[::1]:1/can0", SocketcandLink("::1", 1, "can0"), "can:socketcand:[::1]:1/can0"),
    ("can:udp:239.74.163.2:43113", UdpCanLink("239.74.163.2"), "can:udp:239.74.163.2:43113"),
    ("can:udp:239.74.163.2", UdpCanLink("239.74.163.2"), "can:udp:239.74.163.2:43113"),
    ("can:udp:[ff15::1]:99", UdpCanLink("ff15::1", 99), "can:udp:[ff15::1]:99"),
    ("can:udp:[ff15::1]", UdpCanLink("ff15::1"), "can:udp:[ff15::1]:43113"),
    ("  can:virtual:bench ", VirtualCanLink("bench"), "can:virtual:bench"),
]

MISTAKES = [
    ("", "'' is no CAN link: write can:slcan:/dev/ttyACM0?bitrate=500000, can:socketcan:can0?bitrate=500000, "),
    ("serial:/dev/ttyACM0", "is no CAN link: write can:slcan:"),
    ("can:", "can: is no kind of CAN link: write can:slcan:"),
    ("can:slcan", "can:slcan is no kind of CAN link: did you mean can:slcan:/dev/ttyACM0?bitrate=500000?"),
    ("can:sclan:/dev/ttyACM0", "did you mean can:slcan:/dev/ttyACM0?bitrate=500000?"),
    ("can:can0", "can:can0 is no kind of CAN link: write can:socketcan:can0."),
    (
        "can:slcan:ttyACM0",
        "'ttyACM0' is no serial device: write can:slcan:/dev/ttyACM0?bitrate=500000 or can:slcan:COM3.",
    ),
    ("can:/dev/ttyACM0", "can:/dev/ttyACM0 is no kind of CAN link: write can:slcan:/dev/ttyACM0."),
    ("can:COM3", "write can:slcan:COM3."),
    ("can:slcan:", "'' is no serial device"),
    ("can:slcan:/dev/ttyACM0?bitrate=9600", "bitrate=9600 is not possible: write 10000, 20000, "),
    ("can:slcan:/dev/ttyACM0?bitrate=800000", "bitrate=800000 is not possible"),
    ("can:slcan:/dev/ttyACM0?bitrat=1", "A link can:slcan has no option 'bitrat': did you mean bitrate?"),
    ("can:slcan:/dev/ttyACM0?parity=N", "no option 'parity': it has bitrate and baud."),
    ("can:slcan:/dev/ttyACM0?baud=1&baud=1", "The option baud is given twice"),
    ("can:slcan:/dev/ttyACM0?baud=1", "baud=1 is not possible: write a whole number from 50 to 4000000"),
    ("can:slcan:tcp://box:1?baud=9600", "behind tcp:// has no baud here"),
    ("can:slcan:tcp-listen://box:1", "'tcp-listen://box:1' is no serial device"),
    ("can:socketcan:", "'' is no name of a CAN interface: write it like can:socketcan:can0?bitrate=500000."),
    ("can:socketcan:/dev/can0", "'/dev/can0' is no name of a CAN interface"),
    ("can:socketcan:can0?bitrate=fast", "bitrate=fast is not possible: write a number such as 500000."),
    ("can:socketcan:can0?bitrate=1", "bitrate=1 is not possible: write 10000 to 1000000, such as 500000."),
    ("can:socketcand:pi.lan:29536", "names no interface: write it like can:socketcand:192.168.1.20:29536/can0."),
    ("can:socketcand::29536/can0", "can:socketcand: needs a host"),
    ("can:socketcand:pi.lan:port/can0", "port=port is not possible"),
    ("can:udp:192.168.1.20:43113", "'192.168.1.20' is no multicast address: write it like can:udp:239.74.163.2:43113."),
    ("can:udp:239.74.163.2:0", "port=0 is not possible"),
    ("can:udp:bench", "'bench' is no multicast address"),
    ("can:virtual:", "'' cannot be the name of a bus: write it like can:virtual:bench."),
    ("can:virtual:two words", "'two words' cannot be the name of a bus"),
]


@pytest.mark.parametrize(("text", "link", "shortest"), LINKS)
def test_links(text, link, shortest):
    assert parse_can_link(text) == link
    assert str(link) == shortest
    assert parse_can_link(shortest) == link
    assert is_can_link(text)


@pytest.mark.parametrize(("text", "sentence"), MISTAKES)
def test_mistakes_are_told_with_the_remedy(text, sentence):
    with pytest.raises(ParameterError) as caught:
        parse_can_link(text)
    assert sentence in str(caught.value)
    assert str(caught.value)[-1] in ".?"


def test_a_can_link_where_bytes_are_read():
    with pytest.raises(ParameterError, match="is a place on a CAN bus, but here bytes are read"):
        parse_link("can:slcan:/dev/ttyACM0")


NAMES = st.from_regex(r"[a-z0-9_.-]{1,15}", fullmatch=True)


@given(
    st.builds(
        SlcanLink,
        st.builds(SerialLink, st.sampled_from(["/dev/ttyACM0", "COM7"]), st.integers(50, 4_000_000)),
        st.sampled_from(sorted(BIT_RATES)),
    )
    | st.builds(SocketcanLink, NAMES, st.integers(10_000, 1_000_000))
    | st.builds(SocketcandLink, st.ip_addresses().map(str), st.integers(1, 65535), NAMES)
    | st.builds(UdpCanLink, st.ip_addresses(v=4, network="224.0.0.0/4").map(str), st.integers(1, 65535))
    | st.builds(VirtualCanLink, NAMES)
)
def test_what_is_written_is_read_back(link):
    assert parse_can_link(str(link)) == link


@given(st.text(max_size=40))
def test_any_text_is_a_link_or_a_sentence(text):
    for written in (text, f"can:{text}", f"can:slcan:{text}", f"can:udp:{text}", f"can:socketcand:{text}"):
        try:
            link = parse_can_link(written)
        except ParameterError as error:
            assert str(error)[-1] in ".?"
        else:
            assert parse_can_link(str(link)) == link
