CREATE TABLE meta(
	key   TEXT NOT NULL PRIMARY KEY,
	value BLOB NOT NULL,
	mac   BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE records(
	site    TEXT NOT NULL,
	name    TEXT NOT NULL,
	version INTEGER NOT NULL,
	public  TEXT NOT NULL,
	sealed  BLOB NOT NULL,
	PRIMARY KEY(site, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE timers(
	site    TEXT NOT NULL,
	kind    TEXT NOT NULL,
	subject TEXT NOT NULL,
	at      INTEGER NOT NULL,
	ord     INTEGER NOT NULL,
	mac     BLOB NOT NULL,
	PRIMARY KEY(site, kind, subject)
) STRICT, WITHOUT ROWID;
CREATE TABLE events(
	seq     INTEGER PRIMARY KEY,
	at      INTEGER NOT NULL,
	site    TEXT NOT NULL,
	kind    TEXT NOT NULL,
	subject TEXT NOT NULL,
	result  TEXT NOT NULL,
	rule    TEXT NOT NULL,
	fields  TEXT NOT NULL,
	mac     BLOB NOT NULL
) STRICT;
CREATE INDEX events_at ON events(at);
CREATE INDEX events_subject ON events(subject);
CREATE INDEX events_kind ON events(kind);
