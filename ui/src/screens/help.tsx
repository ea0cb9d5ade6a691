// Help: dangers, lamps, shapes, keys.

import { HelpScreen } from "../view/help";

export default HelpScreen;
