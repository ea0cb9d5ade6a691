-- Version 1: what each pack remembers. A pack is known by its serial number; where it is in the rack may change.

CREATE TABLE pack (
    id     INTEGER PRIMARY KEY,
    serial TEXT NOT NULL UNIQUE
);

-- Events, newest at the greatest number. Lists are JSON; what a pack does not tell is NULL.
CREATE TABLE history (
    pack                INTEGER NOT NULL REFERENCES pack (id),
    number              INTEGER NOT NULL,
    at_s                REAL NOT NULL,
    event               TEXT NOT NULL,
    at                  TEXT,
    conditions          TEXT,
    protections         TEXT,
    faults              TEXT,
    pack_voltage_v      REAL,
    pack_current_a      REAL,
    remaining_ah        REAL,
    full_ah             REAL,
    cell_voltage_max_mv INTEGER,
    cell_voltage_min_mv INTEGER,
    cell_voltages_mv    TEXT,
    temperatures_c      TEXT,
    mos_temperature_c   REAL,
    env_temperature_c   REAL,
    PRIMARY KEY (pack, number)
) WITHOUT ROWID;

-- The complete set as one JSON object with its check sum: SQLite notices damage of its own structure, not of a value.
CREATE TABLE parameter_set (
    pack      INTEGER PRIMARY KEY REFERENCES pack (id),
    at_s      REAL NOT NULL,
    content   TEXT NOT NULL,
    check_sum INTEGER NOT NULL
);

-- Every write of a setting that was asked for, done or refused; newest at the greatest number.
CREATE TABLE parameter_journal (
    pack      INTEGER NOT NULL REFERENCES pack (id),
    number    INTEGER NOT NULL,
    at_s      REAL NOT NULL,
    who       TEXT NOT NULL,
    key       TEXT NOT NULL,
    old_value REAL,
    new_value REAL,
    result    TEXT NOT NULL,
    PRIMARY KEY (pack, number)
) WITHOUT ROWID;

-- Charge, lock-out and power state, as one JSON object with its check sum.
CREATE TABLE state (
    pack      INTEGER PRIMARY KEY REFERENCES pack (id),
    at_s      REAL NOT NULL,
    content   TEXT NOT NULL,
    check_sum INTEGER NOT NULL
);
