-- Version 3: the journal of changes becomes a chain: nothing in it can be altered or removed without a trace.

-- A row for each row of change and change_end, in the order in which they were written. The hash is SHA-256 over the hash
-- of the row before and what openress.store.chain says; the first has nothing before it.
CREATE TABLE chain (
    id     INTEGER PRIMARY KEY,
    kind   TEXT NOT NULL,
    pack   INTEGER NOT NULL REFERENCES pack (id),
    number INTEGER NOT NULL,
    hash   BLOB NOT NULL,
    UNIQUE (kind, pack, number)
);

CREATE TRIGGER chain_stays BEFORE UPDATE ON chain
BEGIN SELECT RAISE(ABORT, 'the journal of changes is only added to'); END;

CREATE TRIGGER chain_remains BEFORE DELETE ON chain
BEGIN SELECT RAISE(ABORT, 'the journal of changes is only added to'); END;
