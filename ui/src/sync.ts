// Keeps one rack in step with the server's stream: snapshots replace, deltas change, a gap asks for a new snapshot.

import type { Delta, Pack, Rack, Snapshot } from "./model";

/** `behind` holds the deltas that arrive while a snapshot is being fetched; `null` when nothing is missing. */
export interface Sync {
  readonly snapshot: Snapshot | null;
  readonly behind: readonly Delta[] | null;
}

export const NOTHING: Sync = { snapshot: null, behind: null };

/** A snapshot is taken as it is; deltas kept meanwhile that are newer than it follow. */
export function takeSnapshot(sync: Sync, snapshot: Snapshot): Sync {
  let next: Sync = { snapshot, behind: null };
  for (const delta of sync.behind ?? []) {
    if (delta.seq > snapshot.seq) next = takeDelta(next, delta);
  }
  return next;
}

/** A delta that follows is applied, an old one ignored, and after a gap all are kept until a snapshot comes. */
export function takeDelta(sync: Sync, delta: Delta): Sync {
  if (sync.behind !== null) return { ...sync, behind: [...sync.behind, delta] };
  if (sync.snapshot === null) return { snapshot: null, behind: [delta] };
  if (delta.seq <= sync.snapshot.seq) return sync;
  if (delta.seq > sync.snapshot.seq + 1) return { ...sync, behind: [delta] };
  return { snapshot: apply(sync.snapshot, delta), behind: null };
}

/** The snapshot after the delta; what did not change keeps its identity, so nobody redraws it. */
export function apply(snapshot: Snapshot, delta: Delta): Snapshot {
  const { seq, rack, packs, ...rest } = delta;
  const next: Snapshot = { ...snapshot, ...rest, seq };
  if (rack) next.rack = patched<Rack>(snapshot.rack, rack);
  if (packs) {
    next.packs = { ...snapshot.packs };
    for (const [number, change] of Object.entries(packs)) {
      if (change === null) delete next.packs[number];
      else next.packs[number] = patched<Pack>(next.packs[number] ?? {}, change);
    }
  }
  return next;
}

function patched<T extends object>(old: T, change: Partial<T>): T {
  const next = { ...old } as Record<string, unknown>;
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete next[key];
    else next[key] = value;
  }
  return next as T;
}
