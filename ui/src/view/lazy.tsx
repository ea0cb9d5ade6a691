// A part of a screen that is heavy and not needed at once: its file is fetched after the screen has been drawn.

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { serverGone } from "../live";

/** A component in place of the one that `load` brings; it leaves its room empty until then. What fails is tried again when the server is back. */
export function lazily<P extends object>(load: () => Promise<ComponentType<P>>): (props: P) => preact.JSX.Element {
  let arrived: ComponentType<P> | null = null;
  return function Later(props: P) {
    const gone = serverGone.value;
    const [Part, setPart] = useState<{ part: ComponentType<P> | null }>({ part: arrived });
    useEffect(() => {
      if (Part.part !== null) return undefined;
      let wanted = true;
      load().then(
        (part) => {
          arrived = part;
          if (wanted) setPart({ part });
        },
        (problem: unknown) => console.info("A part of this screen did not arrive.", problem),
      );
      return () => {
        wanted = false;
      };
    }, [gone]);
    return Part.part === null ? <div class="later-part" aria-busy="true" /> : <Part.part {...props} />;
  };
}
