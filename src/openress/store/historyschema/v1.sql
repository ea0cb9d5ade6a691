-- Version 1: the history of packs and of the rack. Numbers are whole steps of a unit, as openress.store.quantities says;
-- what was not known is NULL. A row of a span is known by 1024 times its first second plus the number of its source:
-- time comes first, so that a minute of all packs is one page on the disk and not sixteen, and rows only ever go to the
-- end of a table, which fills its pages.

CREATE TABLE source (
    id   INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    pack INTEGER,
    UNIQUE (kind, name)
);

-- The last batch that was written, so that none is written twice after a disk that answered neither yes nor no.
CREATE TABLE batch (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    session TEXT NOT NULL,
    number  INTEGER NOT NULL
);

-- Samples as they came; content as openress.store.rawchunk says.
CREATE TABLE raw (
    id      INTEGER PRIMARY KEY,
    at_s    INTEGER AS (id / 1024) VIRTUAL,
    source  INTEGER AS (id % 1024) VIRTUAL,
    until_s INTEGER NOT NULL,
    content BLOB NOT NULL
);

-- Spans of a minute, a quarter of an hour and a local day, by their first second; cells as openress.store.bucket packs them.
CREATE TABLE minute (
    id                                  INTEGER PRIMARY KEY,
    at_s                                INTEGER AS (id / 1024) VIRTUAL,
    source                              INTEGER AS (id % 1024) VIRTUAL,
    samples                             INTEGER NOT NULL,
    known_ds                            INTEGER NOT NULL,
    pack_voltage_v_min                  INTEGER,
    pack_voltage_v_mean                 INTEGER,
    pack_voltage_v_max                  INTEGER,
    pack_current_a_min                  INTEGER,
    pack_current_a_mean                 INTEGER,
    pack_current_a_max                  INTEGER,
    soc_pct_min                         INTEGER,
    soc_pct_mean                        INTEGER,
    soc_pct_max                         INTEGER,
    cell_voltage_min_mv_min             INTEGER,
    cell_voltage_min_mv_mean            INTEGER,
    cell_voltage_max_mv_mean            INTEGER,
    cell_voltage_max_mv_max             INTEGER,
    temperature_min_c_min               INTEGER,
    temperature_max_c_max               INTEGER,
    mos_temperature_c_max               INTEGER,
    env_temperature_c_mean              INTEGER,
    charge_current_limit_a_min          INTEGER,
    discharge_current_limit_a_min       INTEGER,
    charge_voltage_limit_v_last         INTEGER,
    discharge_voltage_limit_v_last      INTEGER,
    remaining_ah_last                   INTEGER,
    full_ah_last                        INTEGER,
    soh_pct_last                        INTEGER,
    cycles_last                         INTEGER,
    charged_ah_total                    INTEGER,
    discharged_ah_total                 INTEGER,
    charged_wh_total                    INTEGER,
    discharged_wh_total                 INTEGER,
    cells                               BLOB
);

CREATE TABLE quarter (
    id                                  INTEGER PRIMARY KEY,
    at_s                                INTEGER AS (id / 1024) VIRTUAL,
    source                              INTEGER AS (id % 1024) VIRTUAL,
    samples                             INTEGER NOT NULL,
    known_ds                            INTEGER NOT NULL,
    pack_voltage_v_min                  INTEGER,
    pack_voltage_v_mean                 INTEGER,
    pack_voltage_v_max                  INTEGER,
    pack_current_a_min                  INTEGER,
    pack_current_a_mean                 INTEGER,
    pack_current_a_max                  INTEGER,
    soc_pct_min                         INTEGER,
    soc_pct_mean                        INTEGER,
    soc_pct_max                         INTEGER,
    cell_voltage_min_mv_min             INTEGER,
    cell_voltage_min_mv_mean            INTEGER,
    cell_voltage_max_mv_mean            INTEGER,
    cell_voltage_max_mv_max             INTEGER,
    temperature_min_c_min               INTEGER,
    temperature_max_c_max               INTEGER,
    mos_temperature_c_max               INTEGER,
    env_temperature_c_mean              INTEGER,
    charge_current_limit_a_min          INTEGER,
    discharge_current_limit_a_min       INTEGER,
    charge_voltage_limit_v_last         INTEGER,
    discharge_voltage_limit_v_last      INTEGER,
    remaining_ah_last                   INTEGER,
    full_ah_last                        INTEGER,
    soh_pct_last                        INTEGER,
    cycles_last                         INTEGER,
    charged_ah_total                    INTEGER,
    discharged_ah_total                 INTEGER,
    charged_wh_total                    INTEGER,
    discharged_wh_total                 INTEGER,
    cells                               BLOB
);

CREATE TABLE day (
    id                                  INTEGER PRIMARY KEY,
    at_s                                INTEGER AS (id / 1024) VIRTUAL,
    source                              INTEGER AS (id % 1024) VIRTUAL,
    samples                             INTEGER NOT NULL,
    known_ds                            INTEGER NOT NULL,
    pack_voltage_v_min                  INTEGER,
    pack_voltage_v_mean                 INTEGER,
    pack_voltage_v_max                  INTEGER,
    pack_current_a_min                  INTEGER,
    pack_current_a_mean                 INTEGER,
    pack_current_a_max                  INTEGER,
    soc_pct_min                         INTEGER,
    soc_pct_mean                        INTEGER,
    soc_pct_max                         INTEGER,
    cell_voltage_min_mv_min             INTEGER,
    cell_voltage_min_mv_mean            INTEGER,
    cell_voltage_max_mv_mean            INTEGER,
    cell_voltage_max_mv_max             INTEGER,
    temperature_min_c_min               INTEGER,
    temperature_max_c_max               INTEGER,
    mos_temperature_c_max               INTEGER,
    env_temperature_c_mean              INTEGER,
    charge_current_limit_a_min          INTEGER,
    discharge_current_limit_a_min       INTEGER,
    charge_voltage_limit_v_last         INTEGER,
    discharge_voltage_limit_v_last      INTEGER,
    remaining_ah_last                   INTEGER,
    full_ah_last                        INTEGER,
    soh_pct_last                        INTEGER,
    cycles_last                         INTEGER,
    charged_ah_total                    INTEGER,
    discharged_ah_total                 INTEGER,
    charged_wh_total                    INTEGER,
    discharged_wh_total                 INTEGER,
    cells                               BLOB
);

-- How well a pack still is, a row for each day; the resistance is volt_amperes / ampere_squares (see openress.store.health).
CREATE TABLE health (
    at_s            INTEGER NOT NULL,
    source          INTEGER NOT NULL REFERENCES source (id),
    soh_pct         REAL,
    full_ah         REAL,
    design_ah       REAL,
    cycles          INTEGER,
    steps           INTEGER NOT NULL,
    volt_amperes    REAL NOT NULL,
    ampere_squares  REAL NOT NULL,
    PRIMARY KEY (at_s, source)
) WITHOUT ROWID;

-- What happened; ended_s is NULL while it stands, and equal to began_s for what has no duration.
CREATE TABLE event (
    id      INTEGER PRIMARY KEY,
    source  INTEGER NOT NULL REFERENCES source (id),
    pack    INTEGER,
    kind    TEXT NOT NULL,
    code    TEXT NOT NULL,
    level   TEXT NOT NULL,
    began_s REAL NOT NULL,
    ended_s REAL,
    text    TEXT NOT NULL,
    UNIQUE (source, kind, code, began_s)
);
CREATE INDEX event_time ON event (began_s);
CREATE INDEX event_standing ON event (source) WHERE ended_s IS NULL;
