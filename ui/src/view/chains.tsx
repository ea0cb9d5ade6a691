// Why each value is on the wire: the chain from a cell over its pack, the rack and the gateway to the bytes.

import { fixed, unbroken } from "../format";
import { stepWords } from "../gatewaysentence";
import { gatewayWords as text } from "../i18n/gateway";
import { language } from "../i18n/language";
import type { Explained, Gateway, GatewayStep, Rack } from "../model";
import { because } from "../reason";
import { Decoded } from "./decoded";

interface Link {
  level: string;
  sentence: string;
  english?: boolean;
}

/** In English the server's own sentences; else what the page can compose of the same reasons. */
export function Chain({ explained, gateway, rack }: { explained: Explained; gateway: Gateway; rack: Rack | null }) {
  const own = language.value === "en" ? [] : composed(explained, gateway, rack);
  const links: Link[] = own.length > 0 ? own : explained.chain.map((link) => ({ ...link, english: true }));
  return (
    <section class="chain" aria-labelledby={`chain-${explained.key}`}>
      <h3 id={`chain-${explained.key}`}>
        <span>{text.key[explained.key] ?? explained.name}</span>
        {explained.value == null ? <span class="num absent">{text.notTold}</span> : <Decoded of={explained.key} value={explained.value} />}
      </h3>
      <ol>
        {links.map((link) => (
          <li key={link.sentence} data-level={link.level}>
            <span class="chain-level">{text.level[link.level] ?? link.level}</span>
            <span {...(link.english ? { lang: "en" } : {})}>{unbroken(link.sentence)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

const LEAF: Record<string, keyof GatewayStep> = {
  charge_voltage_limit_v: "charge_voltage_v",
  charge_current_limit_a: "charge_current_a",
  discharge_current_limit_a: "discharge_current_a",
};

function composed(explained: Explained, gateway: Gateway, rack: Rack | null): Link[] {
  const reason =
    explained.key === "charge_current_limit_a" ? rack?.charge_reason : explained.key === "discharge_current_limit_a" ? rack?.discharge_reason : null;
  const leaf = LEAF[explained.key];
  const steps = (gateway.chain ?? []).filter((step) => leaf !== undefined && step[leaf] != null);
  const links: Link[] = reason ? [{ level: "pack", sentence: because(reason) }] : [];
  for (const step of steps) {
    const told = stepWords({ rule: step.rule, ...(leaf === undefined ? {} : { [leaf]: step[leaf] }) });
    if (told !== null) links.push({ level: step.rule === "packs" ? "rack" : "profile", sentence: told });
  }
  if (explained.key === "charge_enabled" || explained.key === "discharge_enabled") {
    const limit_a = explained.key === "charge_enabled" ? rack?.charge_current_limit_a : rack?.discharge_current_limit_a;
    if (limit_a != null) links.push({ level: "profile", sentence: limit_a > 0 ? text.permitted : text.forbidden });
  }
  if (explained.key === "soc_pct" && rack?.soc_pct != null) {
    links.push({ level: "rack", sentence: text.weighted(`${fixed(rack.soc_pct, 1)}\u00a0%`) });
  }
  if (explained.wire) links.push({ level: "bytes", sentence: placed(explained) });
  else if (explained.value == null) links.push({ level: "bytes", sentence: gateway.frames?.length ? text.notInFrames : text.silent });
  return links;
}

function placed({ wire, unit }: Explained): string {
  if (!wire) return "";
  const frame = wire.frame.replace(/^frame/, text.frame);
  const where = text.placed(frame, wire.byte, wire.byte + wire.bytes - 1);
  if (wire.bit != null) return `${where}, ${text.bit(wire.bit)}: ${wire.raw}`;
  const decimals = Math.max(0, Math.round(-Math.log10(wire.step)));
  return `${where}: ${text.counts(fixed(wire.raw, 0) ?? "", fixed(wire.step, decimals) ?? "", unit)}`;
}
