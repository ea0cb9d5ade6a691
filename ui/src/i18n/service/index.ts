// The words that all screens share on which something is asked of packs, in all languages.

import { section } from "../language";
import { de } from "./de";
import { en } from "./en";
import { es } from "./es";
import { zh } from "./zh";

export const serviceWords = section<typeof en>({ en, de, es, zh });
