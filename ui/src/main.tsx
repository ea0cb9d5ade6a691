// Starts the page: look, address, lamps, the link to the server, and the frame that shows it all.

import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./style/tokens.css";
import "./style/base.css";
import "./style/frame.css";
import "./style/parts.css";
import "./style/rack.css";
import "./style/pack.css";
import "./style/help.css";
import "./style/print.css";
import { startAnnouncing } from "./announce";
import { startBlinking } from "./blink";
import { start } from "./live";
import { followAddress } from "./route";
import { startTheme } from "./theme";
import { App } from "./view/app";
import { words } from "./words";

const place = document.getElementById("app");
if (!place) throw new Error("index.html has no element with the id app to draw the page into.");

document.documentElement.lang = words.language;
startTheme();
followAddress();
startBlinking();
startAnnouncing();
start();
render(<App />, place);
