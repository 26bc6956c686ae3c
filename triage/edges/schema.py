"""The tables of the index. Derived from evidence and journal: delete the file at will.

`cursors`, `accounts` and `outbox` are the exception in kind: they only save work (what
was polled, what waits to be sent) and are carried over when the index is rebuilt.
"""

VERSION = 4

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE messages (
    evidence TEXT PRIMARY KEY, role TEXT NOT NULL, account TEXT NOT NULL,
    message_id TEXT NOT NULL, sender TEXT NOT NULL, authenticated_domain TEXT NOT NULL,
    subject TEXT NOT NULL, received_at TEXT NOT NULL, archived_at TEXT NOT NULL,
    pack TEXT NOT NULL,
    outcome TEXT NOT NULL, stream TEXT NOT NULL, reason TEXT NOT NULL,
    orders TEXT NOT NULL, defects TEXT NOT NULL, warnings TEXT NOT NULL,
    attachments TEXT NOT NULL,
    shape TEXT NOT NULL DEFAULT '', heading TEXT NOT NULL DEFAULT '',
    against TEXT NOT NULL DEFAULT '',
    buyers TEXT NOT NULL DEFAULT '[]', -- of the orders it names
    receipt TEXT, -- the event of a receipt that names no order
    untied TEXT -- events of an answer that names no order, and which letters it answers
) STRICT;
CREATE INDEX messages_asking ON messages (message_id) WHERE role = 'sent';
CREATE INDEX messages_with_receipt ON messages (evidence) WHERE receipt IS NOT NULL;
CREATE INDEX messages_by_shape ON messages (shape) WHERE shape <> '';
CREATE INDEX messages_by_heading ON messages (heading) WHERE heading <> '';
CREATE INDEX messages_by_outcome ON messages (outcome, received_at);
CREATE INDEX messages_by_arrival ON messages (archived_at);

-- which letters name which orders, with an event or without
CREATE TABLE letters_by_order (
    order_number TEXT NOT NULL, evidence TEXT NOT NULL,
    PRIMARY KEY (order_number, evidence)
) STRICT, WITHOUT ROWID;

-- which answers that name no order stand in the thread of which Message-ID
CREATE TABLE threads (
    message_id TEXT NOT NULL, evidence TEXT NOT NULL,
    PRIMARY KEY (message_id, evidence)
) STRICT, WITHOUT ROWID;
CREATE INDEX threads_by_evidence ON threads (evidence);

CREATE TABLE events (
    id TEXT PRIMARY KEY, pack TEXT NOT NULL, order_number TEXT NOT NULL, posting TEXT,
    kind TEXT NOT NULL, at TEXT NOT NULL, certainty INTEGER NOT NULL,
    recogniser TEXT NOT NULL, evidence TEXT NOT NULL, position INTEGER NOT NULL,
    quote TEXT NOT NULL, place TEXT NOT NULL, attributes TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_order ON events (pack, order_number);
CREATE INDEX events_by_evidence ON events (evidence);

-- one row per journal line, in journal order
CREATE TABLE acts (
    line INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL,
    case_id TEXT, order_number TEXT, posting TEXT, data TEXT NOT NULL
) STRICT;
CREATE INDEX acts_by_case ON acts (case_id);
CREATE INDEX acts_by_order ON acts (order_number);
CREATE INDEX acts_replied ON acts (line) WHERE kind = 'replied';

-- which orders must be assessed again: at once, or from a day on
CREATE TABLE orders (
    pack TEXT NOT NULL, order_number TEXT NOT NULL, dirty INTEGER NOT NULL,
    look_again_on TEXT, PRIMARY KEY (pack, order_number)
) STRICT;
CREATE INDEX orders_to_look_at ON orders (look_again_on);
CREATE INDEX orders_dirty ON orders (dirty) WHERE dirty = 1;

CREATE TABLE cases (
    id TEXT PRIMARY KEY, number INTEGER UNIQUE, pack TEXT NOT NULL,
    order_number TEXT NOT NULL, rule TEXT NOT NULL, state TEXT NOT NULL,
    opened_on TEXT NOT NULL
) STRICT;
CREATE INDEX cases_by_order ON cases (pack, order_number);
CREATE INDEX cases_alive ON cases (state) WHERE state <> 'resolved';

-- the line of each order in orders/index.html, as its folder was last written
CREATE TABLE catalogue (
    pack TEXT NOT NULL, order_number TEXT NOT NULL, line TEXT NOT NULL,
    PRIMARY KEY (pack, order_number)
) STRICT;

-- what the owner was told, when and why
CREATE TABLE mentions (
    case_id TEXT NOT NULL, told_on TEXT NOT NULL, reason TEXT NOT NULL,
    step TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (case_id, told_on)
) STRICT;

CREATE TABLE cursors (
    account TEXT NOT NULL, folder TEXT NOT NULL, role TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL, pending INTEGER NOT NULL,
    polled_at TEXT, PRIMARY KEY (account, folder)
) STRICT;

CREATE TABLE accounts (
    name TEXT PRIMARY KEY, tries INTEGER NOT NULL, next_at TEXT, problem TEXT NOT NULL,
    refused INTEGER NOT NULL, config TEXT NOT NULL, lasting INTEGER NOT NULL DEFAULT 0,
    polled_at TEXT, folders_at TEXT
) STRICT;

-- one row per letter to the owner. A digest's key is "digest:<local date>", that of an
-- urgent letter "urgent:<local date>:<what about>", days are its appointments, states are
-- queued, sending, accepted, deferred, rejected, unsure and withdrawn (see jobs/send.py)
CREATE TABLE outbox (
    key TEXT PRIMARY KEY, message_id TEXT NOT NULL, recipient TEXT NOT NULL,
    raw BLOB NOT NULL, composed_at TEXT NOT NULL, mentions TEXT NOT NULL,
    heads TEXT NOT NULL DEFAULT '', days TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL, attempts INTEGER NOT NULL, next_at TEXT, problem TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (next_at)
    WHERE state IN ('queued', 'deferred', 'unsure');

-- the words of letters and their stems, without content, so that no text can be read
-- back from it, and without the places of the words
CREATE TABLE searched (id INTEGER PRIMARY KEY, evidence TEXT NOT NULL UNIQUE) STRICT;
CREATE VIRTUAL TABLE words USING fts5(
    forms, content = '', detail = none, prefix = '3 5',
    tokenize = 'unicode61 remove_diacritics 0'
);

-- what was read from the files the owner gave: an event of no order yet, or why not
CREATE TABLE files (
    evidence TEXT PRIMARY KEY, receipt TEXT, orders TEXT NOT NULL, problem TEXT NOT NULL
) STRICT;
"""

CARRIED_OVER = ("cursors", "accounts", "outbox")
