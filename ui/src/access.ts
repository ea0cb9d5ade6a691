// Who reads this page: nobody by name until somebody signs in; then what that account may do.

import { signal } from "@preact/signals";
import { ROLES, type Role } from "./places";

/** Who calls, as the server sees it; `null` until it has said so. */
export interface Me {
  name: string | null;
  role: Role | null;
  recent_s: number;
  ends_s: number | null;
  claimed: boolean;
}

export const me = signal<Me | null>(null);
/** Who has signed in; whoever has not is asked to at the first thing that takes it. */
export const reader = signal<{ name: string; role: Role } | null>(null);

export function may(role: Role): boolean {
  return reader.value === null || ROLES.indexOf(reader.value.role) >= ROLES.indexOf(role);
}

/** Whether the server would do it at once, without asking who that is. */
export function mayNow(role: Role): boolean {
  const now = me.value?.role;
  return now != null && ROLES.indexOf(now) >= ROLES.indexOf(role);
}

export function know(told: Me): void {
  me.value = told;
  const { name, role } = told;
  const before = reader.peek();
  if (name === null || role === null) reader.value = null;
  else if (before?.name !== name || before.role !== role) reader.value = { name, role };
}

/** Asks the server who calls; without an answer nothing is known of that. */
export async function whoAmI(): Promise<void> {
  try {
    const response = await fetch("api/me", { headers: { Accept: "application/json" }, cache: "no-store" });
    if (response.ok) know((await response.json()) as Me);
  } catch (problem) {
    console.info("The server did not say who calls.", problem);
  }
}
