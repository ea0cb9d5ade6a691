// The words of the addresses screen, in all languages.

import { section } from "../language";
import { de } from "./de";
import { en } from "./en";
import { es } from "./es";
import { zh } from "./zh";

export const linksWords = section<typeof en>({ en, de, es, zh });
