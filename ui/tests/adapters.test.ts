// Which serial port is chosen by itself.

import assert from "node:assert/strict";
import { test } from "node:test";
import { onlyAdapter } from "../src/adapters";

const port = (device: string, link = `serial:${device}`) => ({ device, stable_device: device, description: "", link });

test("the only adapter is found beside the ports that are soldered in", () => {
  assert.equal(onlyAdapter([]), null);
  assert.equal(onlyAdapter([port("/dev/ttyS0")]), "serial:/dev/ttyS0");
  assert.equal(onlyAdapter([port("/dev/ttyS0"), port("/dev/ttyUSB7", "serial:/dev/serial/by-id/x"), port("/dev/ttyAMA10")]), "serial:/dev/serial/by-id/x");
  assert.equal(onlyAdapter([port("/dev/ttyUSB0"), port("/dev/ttyUSB1")]), null);
  assert.equal(onlyAdapter([port("COM3")]), "serial:COM3");
  assert.equal(onlyAdapter([port("COM1"), port("COM3")]), null);
});
