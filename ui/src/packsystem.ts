// What a pack says of itself beside its values, fetched where it was read before and read where it was not.

import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { endings, refused, sentenceOf } from "./jobs";
import { connection } from "./live";
import { ask, type SystemSettings, type Table } from "./service";
import { useFirstReading } from "./view/service";

/** The system settings of a pack as they were read last; `null` while they were not. */
export function useSystem(number: number): Signal<SystemSettings | null> {
  const told = useSignal<SystemSettings | null>(null);
  const unread = useSignal(false);
  const connected = connection.value !== null && connection.value.state !== "disconnected";
  const link = connection.value?.link ?? "";
  const toldOn = useRef<string | null>(null);
  useEffect(() => {
    if (!connected) return undefined;
    let current = true;
    const look = async () => {
      const table = await ask<Table>("GET", `api/packs/${number}/parameters`);
      if (!current) return;
      // What was known is forgotten when a pack was shut down: it is not asked again by itself.
      unread.value = table.system_read_s == null && toldOn.current !== link;
      if (table.system_read_s == null) return;
      const found = await ask<SystemSettings>("GET", `api/packs/${number}/system`);
      if (!current) return;
      told.value = found;
      toldOn.current = link;
    };
    look().catch((problem: unknown) => {
      if (current) refused.value = sentenceOf(problem);
    });
    return () => {
      current = false;
    };
  }, [number, endings.value, connected, link]);
  useFirstReading(number, unread.value, `api/packs/${number}/system/read`);
  return told;
}
