// What somebody did, in words: the audit notes the method and the path of a request.

/** The words for a request, or `null`; a star in a route is a part that differs, {0} in its words is the first of them. */
export function deedTold(action: string, deeds: Readonly<Record<string, string>>, nameOf: (part: string) => string): string | null {
  const parts = action.split("/");
  for (const [route, told] of Object.entries(deeds)) {
    const asked = route.split("/");
    if (asked.length !== parts.length || !asked.every((part, at) => part === "*" || part === parts[at])) continue;
    const named = parts.filter((_, at) => asked[at] === "*").map(nameOf);
    return told.replace(/\{(\d)\}/g, (_, at: string) => named[Number(at)] ?? "");
  }
  return null;
}
