// Who reads this page, where the server has accounts; without them everybody may do everything.

import { signal } from "@preact/signals";
import { ROLES, type Role } from "./places";

/** `null` where the server has no accounts. */
export const reader = signal<{ name: string; role: Role } | null>(null);

export function may(role: Role): boolean {
  return reader.value === null || ROLES.indexOf(reader.value.role) >= ROLES.indexOf(role);
}
