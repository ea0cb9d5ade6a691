// Starts the page: language, look, address, lamps, the link to the server, and the frame that shows it all.

import { render } from "preact";
import "./style/all.css";
import { startAnnouncing } from "./announce";
import { startBlinking } from "./blink";
import { readerLanguage, speak } from "./i18n/language";
import { bring } from "./i18n/words";
import { hear, start } from "./live";
import { followAddress } from "./route";
import { startTheme } from "./theme";
import { App } from "./view/app";

const place = document.getElementById("app");
if (!place) throw new Error("index.html has no element with the id app to draw the page into.");

startTheme();
followAddress();
startBlinking();
const language = readerLanguage();
start(language);
bring(language)
  .then(
    () => speak(language),
    (problem: unknown) => {
      console.info(`The words of ${language} did not arrive; the page speaks English.`, problem);
      speak("en");
      hear("en");
    },
  )
  .finally(() => {
    startAnnouncing();
    place.replaceChildren(); // what stood here until the page could be drawn
    render(<App />, place);
  });
