// The words of the incidents screen, in all languages.

import { section } from "../language";
import { de } from "./de";
import { en } from "./en";
import { es } from "./es";
import { zh } from "./zh";

export const incidentsWords = section<typeof en>({ en, de, es, zh });
