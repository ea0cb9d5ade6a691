// The words of how the connection stands and what is wrong with a rack as a whole, in all languages.

import { section } from "../language";
import { de } from "./de";
import { en } from "./en";
import { es } from "./es";
import { zh } from "./zh";

export const connectionWords = section<typeof en>({ en, de, es, zh });
