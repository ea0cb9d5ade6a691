// The words of the commissioning screen, in all languages.

import { section } from "../language";
import { de } from "./de";
import { en } from "./en";
import { es } from "./es";
import { zh } from "./zh";

export const commissionWords = section<typeof en>({ en, de, es, zh });
