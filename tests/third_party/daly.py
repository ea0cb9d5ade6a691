"""Reads a pack with the `dalybms` client and prints what it understood; runs in that client's own environment."""

import json
import sys

from dalybms import DalyBMS


def main() -> None:
    client = DalyBMS(address=int(sys.argv[2]))
    client.connect(sys.argv[1])
    told = {
        "soc": client.get_soc(),
        "cell_range": client.get_cell_voltage_range(),
        "temperature_range": client.get_temperature_range(),
        "switches": client.get_mosfet_status(),
        "status": client.get_status(),
        "cells": client.get_cell_voltages(),
        "temperatures": client.get_temperatures(),
        "errors": client.get_errors(),
    }
    client.disconnect()
    json.dump(told, sys.stdout)


main()
