-- Version 2: changes asked for over a link, written down before the first order goes out; and what packs were told.

-- The intent as one JSON object with its check sum; newest at the greatest number. Nothing is ever altered or removed.
CREATE TABLE change (
    pack      INTEGER NOT NULL REFERENCES pack (id),
    number    INTEGER NOT NULL,
    at_s      REAL NOT NULL,
    content   TEXT NOT NULL,
    check_sum INTEGER NOT NULL,
    PRIMARY KEY (pack, number)
) WITHOUT ROWID;

-- How it ended; a change without a row here was interrupted, or is under way.
CREATE TABLE change_end (
    pack      INTEGER NOT NULL REFERENCES pack (id),
    number    INTEGER NOT NULL,
    at_s      REAL NOT NULL,
    content   TEXT NOT NULL,
    check_sum INTEGER NOT NULL,
    PRIMARY KEY (pack, number)
) WITHOUT ROWID;

CREATE TRIGGER change_stays BEFORE UPDATE ON change
BEGIN SELECT RAISE(ABORT, 'the journal of changes is only added to'); END;

CREATE TRIGGER change_remains BEFORE DELETE ON change
BEGIN SELECT RAISE(ABORT, 'the journal of changes is only added to'); END;

CREATE TRIGGER change_end_stays BEFORE UPDATE ON change_end
BEGIN SELECT RAISE(ABORT, 'the journal of changes is only added to'); END;

CREATE TRIGGER change_end_remains BEFORE DELETE ON change_end
BEGIN SELECT RAISE(ABORT, 'the journal of changes is only added to'); END;

-- What a pack was told to do and which way its clock is off, as one JSON object with its check sum.
CREATE TABLE orders (
    pack      INTEGER PRIMARY KEY REFERENCES pack (id),
    at_s      REAL NOT NULL,
    content   TEXT NOT NULL,
    check_sum INTEGER NOT NULL
);
