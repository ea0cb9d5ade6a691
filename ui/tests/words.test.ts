// The catalogue: four languages with the same keys, words for every code the server knows, the choice of a language.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import { useLocale } from "../src/format";
import { accountWords } from "../src/i18n/account";
import { balanceWords } from "../src/i18n/balance";
import { commissionWords } from "../src/i18n/commission";
import { connectWords } from "../src/i18n/connect";
import { connectionWords } from "../src/i18n/connection";
import { drillsWords } from "../src/i18n/drills";
import { gatewayWords } from "../src/i18n/gateway";
import { list, plural, small } from "../src/i18n/grammar";
import { healthWords } from "../src/i18n/health";
import { helpWords } from "../src/i18n/help";
import { helpToolWords } from "../src/i18n/helptools";
import { historyWords } from "../src/i18n/history";
import { incidentsWords } from "../src/i18n/incidents";
import { inverterWords } from "../src/i18n/inverter";
import { LANGUAGES, language, localeOf, preferred, type Language } from "../src/i18n/language";
import { linksWords } from "../src/i18n/links";
import { logsWords } from "../src/i18n/logs";
import { overviewWords } from "../src/i18n/overview";
import { scanWords } from "../src/i18n/scan";
import { protocolWords } from "../src/i18n/protocol";
import { serviceWords } from "../src/i18n/service";
import { settingsWords } from "../src/i18n/settings";
import { systemWords } from "../src/i18n/system";
import { bring, words } from "../src/i18n/words";

declare const UI_FOLDER: string;

const SECTIONS: Record<string, object> = {
  words,
  account: accountWords,
  balance: balanceWords,
  commission: commissionWords,
  connect: connectWords,
  connection: connectionWords,
  drills: drillsWords,
  gateway: gatewayWords,
  health: healthWords,
  help: helpWords,
  helptools: helpToolWords,
  history: historyWords,
  incidents: incidentsWords,
  inverter: inverterWords,
  links: linksWords,
  logs: logsWords,
  overview: overviewWords,
  scan: scanWords,
  protocol: protocolWords,
  service: serviceWords,
  settings: settingsWords,
  system: systemWords,
};
const ALL = Object.keys(LANGUAGES) as Language[];

/** Every path of a catalogue with what stands there. */
function leaves(value: object, path = ""): [string, unknown][] {
  return Object.entries(value).flatMap(([key, inner]) =>
    inner !== null && typeof inner === "object" ? leaves(inner, `${path}.${key}`) : [[`${path}.${key}`, inner] as [string, unknown]],
  );
}

function inLanguage(name: Language): Map<string, unknown> {
  language.value = name;
  return new Map(Object.entries(SECTIONS).flatMap(([section, texts]) => leaves({ ...texts }, section)));
}

test("every section of the catalogue is looked at here", () => {
  const folders = readdirSync(`${UI_FOLDER}/src/i18n`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual(Object.keys(SECTIONS).sort(), folders.map((entry) => entry.name).sort());
});

test("every language has the keys of English, and something at each", async () => {
  for (const name of ALL) await bring(name);
  const english = inLanguage("en");
  for (const name of ALL) {
    const own = inLanguage(name);
    assert.deepEqual([...own.keys()].sort(), [...english.keys()].sort(), name);
    for (const [path, text] of own) {
      if (typeof text !== "string") continue;
      assert.equal(text === "", english.get(path) === "", `${name} ${path}`);
      assert.ok(!text.includes("!") && !text.includes("！") && !/please|bitte|por favor|请稍后/i.test(text), `${name} ${path}: ${text}`);
    }
  }
  language.value = "en";
});

test("sentences of another language are not those of English", async () => {
  const english = inLanguage("en");
  for (const name of ALL.filter((one) => one !== "en")) {
    await bring(name);
    const same = [...inLanguage(name)].filter(([path, text]) => typeof text === "string" && text.length > 24 && text === english.get(path));
    assert.deepEqual(same, [], name);
  }
  language.value = "en";
});

test("every code of the server has words", () => {
  language.value = "en";
  const codes = (file: string, enumeration: string): string[] => {
    const source = readFileSync(`${UI_FOLDER}/../src/openress/${file}`, { encoding: "utf8" });
    const body = source.split(`class ${enumeration}(StrEnum):`)[1]?.split(/\n\n\n/)[0] ?? "";
    const found = [...body.matchAll(/^ {4}[A-Z0-9_]+ = "([a-z0-9_]+)"/gm)].map((match) => match[1]!);
    assert.ok(found.length > 2, `${file} has no ${enumeration}`);
    return found;
  };
  const known: [string, string, object][] = [
    ["model/reason.py", "LimitRule", words.because],
    ["model/condition.py", "Notice", words.notice],
    ["gateway/caps.py", "Rule", inverterWords.rule],
    ["gateway/caps.py", "Rule", { packs: "", ...overviewWords.gatewayForbids }],
    ["gateway/hold.py", "State", inverterWords.standing],
    ["gateway/supervise.py", "Trouble", inverterWords.trouble],
    ["rack/standing.py", "Trouble", connectionWords.finding],
    ["sites/connection.py", "ConnectionState", connectionWords.title],
    ["rack/remarks.py", "Kind", scanWords.kind],
    ["inverters/failsafe.py", "Stage", gatewayWords.stage],
    ["gateway/chains.py", "Level", gatewayWords.level],
  ];
  for (const [file, enumeration, texts] of known) {
    for (const code of codes(file, enumeration)) assert.ok(code in texts, `${enumeration} ${code}`);
  }
});

test("the address, then the remembered choice, then the browser decides; else English", () => {
  assert.equal(preferred("zh", "de", ["es"]), "zh");
  assert.equal(preferred(null, "de", ["es"]), "de");
  assert.equal(preferred(null, null, ["fr-FR", "es-MX", "en"]), "es");
  assert.equal(preferred("klingon", null, ["fr"]), "en");
  assert.equal(preferred(null, null, []), "en");
});

test("numbers in the reader's own variety of a language", () => {
  assert.equal(localeOf("de", ["en-US", "de-CH"]), "de-CH");
  assert.equal(localeOf("zh", ["en-US"]), "zh-Hans");
});

test("number and noun agree", () => {
  useLocale("en");
  const modules = plural("en")({ one: "# module", other: "# modules" });
  assert.deepEqual([0, 1, 2].map(modules), ["0 modules", "1 module", "2 modules"]);
  assert.equal(plural("zh")({ other: "# 个模块" })(1), "1 个模块");
  assert.equal(list("de")(["a", "b", "c"]), "a, b und c");
  assert.deepEqual(["Short circuit", "MOS 过温", "SOC low"].map(small), ["short circuit", "MOS 过温", "SOC low"]);
});
