// The words of the settings screen, in all languages.

import { section } from "../language";
import { de } from "./de";
import { en } from "./en";
import { es } from "./es";
import { zh } from "./zh";

export const settingsWords = section<typeof en>({ en, de, es, zh });
