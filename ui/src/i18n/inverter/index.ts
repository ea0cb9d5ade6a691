// The words of what the inverter is told, in all languages.

import { section } from "../language";
import { de } from "./de";
import { en } from "./en";
import { es } from "./es";
import { zh } from "./zh";

export const inverterWords = section<typeof en>({ en, de, es, zh });
