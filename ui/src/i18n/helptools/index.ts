// The words of the help's tools, in all languages.

import { section } from "../language";
import { de } from "./de";
import { en } from "./en";
import { es } from "./es";
import { zh } from "./zh";

export const helpToolWords = section<typeof en>({ en, de, es, zh });
