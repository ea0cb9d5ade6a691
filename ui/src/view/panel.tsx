// The front panel of a module: six lamps that blink as the real ones do, the ADD switch, ports, breaker, terminals.

import type { Known, LampMode, Lamps, Pack } from "../model";
import { words } from "../i18n/words";

const SOC_LAMPS = 4;

function Lamp({ kind, mode }: { kind: "run" | "alm" | "soc"; mode: Known<LampMode> }) {
  return <i class={`lamp lamp-${kind}`} data-mode={mode ?? "unknown"} />;
}

/** RUN, ALM and the four SOC lamps, with the lowest SOC lamp at the left. */
export function LampRow({ lamps }: { lamps: Known<Lamps> }) {
  const soc = Array.from({ length: SOC_LAMPS }, (_, index) => lamps?.soc?.[index]);
  return (
    <span class="lamps" role="img" aria-label={lampWords(lamps)}>
      <span class="lamp-group">
        <Lamp kind="run" mode={lamps?.run} />
        <b aria-hidden="true">{words.lamps.run}</b>
      </span>
      <span class="lamp-group">
        <Lamp kind="alm" mode={lamps?.alm} />
        <b aria-hidden="true">{words.lamps.alm}</b>
      </span>
      <span class="lamp-group lamp-soc-group">
        <span class="lamp-bar">
          {soc.map((mode, index) => (
            <Lamp key={index} kind="soc" mode={mode} />
          ))}
        </span>
        <b aria-hidden="true">{words.lamps.soc}</b>
      </span>
    </span>
  );
}

/** The lamps as text: "RUN on, ALM off, SOC on, on, flash 2, off". */
export function lampWords(lamps: Known<Lamps>): string {
  if (!lamps) return words.lamps.unknown;
  const name = (mode: Known<LampMode>) => (mode ? words.lamps[mode] : words.notKnown);
  const soc = Array.from({ length: SOC_LAMPS }, (_, index) => name(lamps.soc?.[index]));
  return words.lamps.read(name(lamps.run), name(lamps.alm), soc.join(", "));
}

/** The ADD switch as a picture: position 1 at the left, a slider up is ON. */
export function AddSwitch({ switches, named = false }: { switches: Known<boolean[]>; named?: boolean }) {
  const positions = switches ?? [];
  const count = Math.max(4, positions.length);
  const width = count * 10 + 4;
  return (
    <svg class="add" viewBox={`0 0 ${width} ${named ? 40 : 26}`} role="img" aria-label={addWords(switches)}>
      <rect class="add-body" x="0.5" y="0.5" width={width - 1} height="25" rx="2.5" />
      {Array.from({ length: count }, (_, index) => {
        const on = positions[index];
        const x = 4 + index * 10;
        return (
          <g key={index}>
            <rect class="add-slot" x={x} y="4" width="6" height="18" rx="1" />
            {on === undefined ? null : <rect class={on ? "add-knob on" : "add-knob"} x={x} y={on ? 4 : 13} width="6" height="9" rx="1" />}
            {named ? (
              <text class="add-text" x={x + 3} y="37" text-anchor="middle">
                {index + 1}
              </text>
            ) : null}
          </g>
        );
      })}
    </svg>
  );
}

export function addWords(switches: Known<boolean[]>): string {
  if (!switches) return words.add.unknown;
  const address = switches.reduce((sum, on, index) => sum + (on ? 2 ** index : 0), 0);
  return words.add.read(switches.map((on, index) => words.add.position(index + 1, on)).join(", "), address);
}

/** The strip of the cabinet that a module shows in the list of modules. */
export function FaceStrip({ pack, number }: { pack: Pack; number: number }) {
  return (
    <span class="face strip">
      <i class="ear" />
      <span class="face-number">{number}</span>
      <AddSwitch switches={pack.address_switches} />
      <LampRow lamps={pack.lamps} />
      <i class="ear" />
    </span>
  );
}

function Jack({ name }: { name: string }) {
  return (
    <span class="part">
      <svg viewBox="0 0 34 30" class="jack">
        <rect class="part-body" x="1" y="1" width="32" height="28" rx="2" />
        <path class="part-hole" d="M6 7h22v13h-4v4H10v-4H6z" />
        <path class="part-pins" d="M9.5 8v5M12 8v5m2.5-5v5M17 8v5m2.5-5v5M22 8v5m2.5-5v5" />
      </svg>
      <b>{name}</b>
    </span>
  );
}

function Terminals() {
  return (
    <span class="part">
      <svg viewBox="0 0 74 34" class="terminals">
        <circle class="part-body" cx="18" cy="17" r="15" />
        <circle class="part-hole" cx="18" cy="17" r="8.5" />
        <path class="part-line" d="M14 17h8" />
        <circle class="part-body" cx="56" cy="17" r="15" />
        <circle class="part-hole" cx="56" cy="17" r="8.5" />
        <path class="part-line" d="M52 17h8m-4-4v8" />
      </svg>
      <b>{words.ports.power}</b>
    </span>
  );
}

function Breaker() {
  return (
    <span class="part">
      <svg viewBox="0 0 34 40" class="breaker">
        <rect class="part-body" x="1" y="1" width="32" height="38" rx="2" />
        <rect class="part-hole" x="9" y="8" width="16" height="24" rx="2" />
        <rect class="part-handle" x="11" y="10" width="12" height="9" rx="1.5" />
      </svg>
      <b>{words.ports.breaker}</b>
    </span>
  );
}

/** The whole front panel, large. The order of its parts is ours; what is on it is the guide's. */
export function FrontPanel({ pack, number }: { pack: Pack; number: number }) {
  return (
    <div class="face whole">
      <i class="ear" />
      <span class="face-plate">
        <span class="face-name">
          <small aria-hidden="true">{words.ports.unit}</small>
          <span class="face-number" aria-hidden="true">{number}</span>
        </span>
        <LampRow lamps={pack.lamps} />
        <span class="part part-add">
          <AddSwitch switches={pack.address_switches} named />
          <b aria-hidden="true">{words.add.name}</b>
        </span>
        <span class="ports" aria-hidden="true">
          <span class="part">
            <svg viewBox="0 0 30 30" class="push">
              <circle class="part-body" cx="15" cy="15" r="13.5" />
              <circle class="part-hole" cx="15" cy="15" r="9" />
            </svg>
            <b>{words.ports.button}</b>
          </span>
          <Jack name={words.ports.rs485} />
          <Jack name={words.ports.can} />
          <Jack name={words.ports.linkIn} />
          <Jack name={words.ports.linkOut} />
          <Breaker />
          <Terminals />
        </span>
      </span>
      <i class="ear" />
    </div>
  );
}
