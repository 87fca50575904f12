-- A message from while the program was away, too old to be run unasked, is `held`: its prompt stands
-- in `reason`, NULL until people were asked. SQLite changes a CHECK only with the whole table.

CREATE TABLE inbox_new (
    id INTEGER PRIMARY KEY,
    platform TEXT NOT NULL,
    chat TEXT NOT NULL,
    message TEXT NOT NULL,
    conversation TEXT,
    sender TEXT NOT NULL,
    sender_name TEXT NOT NULL,
    body TEXT,
    received REAL NOT NULL,
    sent REAL,
    state TEXT NOT NULL
        CHECK (state IN ('todo', 'held', 'queued', 'running', 'done', 'refused', 'withdrawn')),
    reason TEXT,
    turn TEXT,
    UNIQUE (platform, chat, message),
    CHECK ((state = 'refused') = (body IS NULL)),
    CHECK (state <> 'running' OR turn IS NOT NULL),
    CHECK (state <> 'held' OR conversation IS NOT NULL)
) STRICT;
INSERT INTO inbox_new (id, platform, chat, message, conversation, sender, sender_name, body,
                       received, sent, state, reason, turn)
SELECT id, platform, chat, message, conversation, sender, sender_name, body,
       received, sent, state, reason, turn
FROM inbox;
DROP TABLE inbox;
ALTER TABLE inbox_new RENAME TO inbox;
CREATE INDEX inbox_open ON inbox (id) WHERE state IN ('todo', 'queued', 'running');
CREATE INDEX inbox_held ON inbox (conversation, id) WHERE state = 'held';
CREATE INDEX inbox_history ON inbox (conversation, received, id)
    WHERE conversation IS NOT NULL AND body IS NOT NULL;
CREATE INDEX inbox_closed ON inbox (received)
    WHERE state IN ('done', 'held', 'refused', 'withdrawn');
