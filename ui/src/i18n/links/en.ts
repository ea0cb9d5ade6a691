// English words of the addresses screen.

export const en = {
  title: "How to connect",
  intro: "The rack answers at these addresses. Give one of them to your inverter, tool or program.",
  list: "Addresses",
  none: "This rack offers no link.",
  copy: "Copy",
  copied: "Copied",
  copyName: (url: string) => `Copy ${url}`,
  copyFailed: "Select and copy by hand",
  kinds: {
    pty: "A serial device on the machine that runs OpenRESS.",
    tcp: "A TCP port that carries the bytes of the RS485 line.",
    serial: "A serial port on the machine that runs OpenRESS.",
    can: "A CAN interface on the machine that runs OpenRESS.",
    other: "",
  },
  onlyHere: "Reachable from that machine only.",
  api: "For programs",
  apiIntro: "The values of this page, as JSON and as an event stream:",
  virtualNote: "The rack behind these links is simulated: what you connect sees a battery that is not there.",
};
