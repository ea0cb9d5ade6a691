// What can be chosen where packs are connected: dialects, products and speeds, as the server tells them.

import { signal } from "@preact/signals";
import { ask, type Choices } from "./service";

export const choices = signal<Choices | null>(null);

/** Asks the server; throws what `ask` throws. */
export async function fetchChoices(): Promise<void> {
  choices.value = await ask<Choices>("GET", "api/connection/choices");
}

/** What a dialect is called; its short name until the server has told. */
export function dialectTitle(name: string | null): string {
  return choices.value?.dialects.find((one) => one.name === name)?.title ?? name ?? "";
}
