// Which of the serial ports of the server's computer the packs may be on.

import type { Port } from "./service";

/** The link of the only adapter that is plugged in; ports that are soldered to the computer count where there is none. */
export function onlyAdapter(ports: readonly Port[]): string | null {
  const plugged = ports.filter(({ device }) => !/^\/dev\/(ttyS|ttyAMA)\d+$/.test(device));
  const candidates = plugged.length > 0 ? plugged : ports;
  return candidates.length === 1 ? (candidates[0]?.link ?? null) : null;
}
