// Texts of the server: asked for in the language of the page, and marked where they are in another one.

import assert from "node:assert/strict";
import test from "node:test";
import { language } from "../src/i18n/language";
import { inLanguage, spokenIn } from "../src/told";

test("a text that is not in the language of the page is marked", () => {
  language.value = "de";
  const told = { language: "de", untranslated: ["Only English."] };
  assert.equal(inLanguage("api/help"), "api/help?lang=de");
  assert.deepEqual(spokenIn(told, "Nur deutsch."), {});
  assert.deepEqual(spokenIn(told, "Only English."), { lang: "en" });
  language.value = "es"; // the Spanish answer has not arrived yet
  assert.deepEqual(spokenIn(told, "Nur deutsch."), { lang: "de" });
  language.value = "en";
});
