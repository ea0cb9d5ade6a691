// The words of the overview screen, in all languages.

import { section } from "../language";
import { de } from "./de";
import { en } from "./en";
import { es } from "./es";
import { zh } from "./zh";

export const overviewWords = section<typeof en>({ en, de, es, zh });
