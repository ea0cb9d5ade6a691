// The rack at a glance.

import { RackScreen } from "../view/rack";

export default RackScreen;
