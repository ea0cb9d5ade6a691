// Texts of the server: asked for in the language of the page, each marked with the one it is in.

import assert from "node:assert/strict";
import test from "node:test";
import { language } from "../src/i18n/language";
import { inLanguage, spokenIn } from "../src/told";

test("every text says in which language it is", () => {
  language.value = "de";
  const told = { language: "de", untranslated: ["Only English."] };
  assert.equal(inLanguage("api/help"), "api/help?lang=de");
  assert.deepEqual(spokenIn(told, "Nur deutsch."), { lang: "de" });
  assert.deepEqual(spokenIn(told, "Only English."), { lang: "en" });
  assert.deepEqual(spokenIn({ ...told, language: "zh" }, "只有中文。"), { lang: "zh-Hans" });
  language.value = "en";
});
