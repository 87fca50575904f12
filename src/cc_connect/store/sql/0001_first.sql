-- The first schema. Times are Unix seconds, JSON stands in TEXT, keys of conversations are
-- ConversationKey.text. What must never happen is refused here, not only in the program.

CREATE TABLE conversation (
    key TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    platform TEXT NOT NULL,
    chat TEXT NOT NULL,
    thread TEXT,
    owner TEXT,
    title TEXT,
    state TEXT NOT NULL,
    created REAL NOT NULL,
    updated REAL NOT NULL
) STRICT;
CREATE INDEX conversation_recent ON conversation (updated, key);
CREATE INDEX conversation_of_project ON conversation (project, updated, key);

-- A refused message leaves its id and the reason, never its text.
CREATE TABLE inbox (
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
        CHECK (state IN ('todo', 'queued', 'running', 'done', 'refused', 'withdrawn')),
    reason TEXT,
    turn TEXT,
    UNIQUE (platform, chat, message),
    CHECK ((state = 'refused') = (body IS NULL)),
    CHECK (state <> 'running' OR turn IS NOT NULL)
) STRICT;
CREATE INDEX inbox_open ON inbox (id) WHERE state IN ('todo', 'queued', 'running');
CREATE INDEX inbox_history ON inbox (conversation, received, id)
    WHERE conversation IS NOT NULL AND body IS NOT NULL;
CREATE INDEX inbox_closed ON inbox (received) WHERE state IN ('done', 'refused', 'withdrawn');

CREATE TABLE session (
    id TEXT PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversation (key),
    name TEXT,
    title TEXT,
    agent TEXT NOT NULL,
    cwd TEXT NOT NULL,
    created REAL NOT NULL,
    last_used REAL NOT NULL,
    turns INTEGER NOT NULL DEFAULT 0 CHECK (turns >= 0),
    deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;
CREATE INDEX session_recent ON session (conversation, last_used, id);
CREATE INDEX session_deleted ON session (last_used) WHERE deleted = 1;

-- Which agent session ids a session had, in order. Rows go only together with their session.
CREATE TABLE binding (
    id INTEGER PRIMARY KEY,
    session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    agent_session TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('new', 'resumed', 'forked', 'changed')),
    at REAL NOT NULL
) STRICT;
CREATE INDEX binding_of_session ON binding (session, id);
CREATE INDEX binding_of_agent ON binding (agent_session, id);
CREATE TRIGGER binding_is_never_changed BEFORE UPDATE ON binding
BEGIN
    SELECT RAISE(ABORT, 'a binding is never changed');
END;
CREATE TRIGGER binding_goes_with_its_session BEFORE DELETE ON binding
WHEN EXISTS (SELECT 1 FROM session WHERE id = OLD.session)
BEGIN
    SELECT RAISE(ABORT, 'a binding goes only with its session');
END;

CREATE TABLE turn (
    id TEXT PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversation (key),
    session TEXT NOT NULL REFERENCES session (id),
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'interrupted')),
    started REAL NOT NULL,
    ended REAL,
    requester TEXT NOT NULL,
    prompt TEXT NOT NULL,
    answer TEXT,
    failure TEXT,
    detail TEXT,
    usage TEXT,
    steps INTEGER NOT NULL DEFAULT 0 CHECK (steps >= 0),
    live TEXT,
    resumes INTEGER NOT NULL DEFAULT 0 CHECK (resumes >= 0),
    CHECK ((state = 'running') = (ended IS NULL)),
    CHECK (failure IS NULL OR state = 'failed')
) STRICT;
CREATE UNIQUE INDEX turn_one_running ON turn (conversation) WHERE state = 'running';
CREATE INDEX turn_recent ON turn (conversation, started, id);
CREATE INDEX turn_of_session ON turn (session, started);
CREATE INDEX turn_closed ON turn (ended) WHERE state <> 'running';

CREATE TABLE request (
    id TEXT PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversation (key),
    turn TEXT REFERENCES turn (id) ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number > 0),
    agent_request TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('permission', 'question', 'plan')),
    tool TEXT NOT NULL,
    title TEXT NOT NULL,
    input TEXT NOT NULL,
    options TEXT NOT NULL,
    requester TEXT NOT NULL,
    asked REAL NOT NULL,
    expires REAL,
    state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'lapsed', 'expired', 'withdrawn')),
    answer TEXT,
    answered_by TEXT,
    closed REAL,
    post TEXT,
    CHECK ((state = 'answered') = (answered_by IS NOT NULL)),
    CHECK ((answer IS NULL) = (answered_by IS NULL)),
    CHECK ((state = 'open') = (closed IS NULL))
) STRICT;
-- The number is what people type: it must mean one open request only.
CREATE UNIQUE INDEX request_open ON request (conversation, number) WHERE state = 'open';
CREATE INDEX request_of_turn ON request (turn) WHERE turn IS NOT NULL;
CREATE INDEX request_closed ON request (closed) WHERE state <> 'open';

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    lane TEXT NOT NULL,
    platform TEXT NOT NULL,
    priority INTEGER NOT NULL,
    intent TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('todo', 'doing', 'done', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_at REAL NOT NULL,
    created REAL NOT NULL,
    started REAL,
    sent REAL,
    receipt TEXT,
    error TEXT,
    conversation TEXT,
    turn TEXT,
    CHECK ((state = 'done') = (receipt IS NOT NULL)),
    CHECK ((receipt IS NULL) = (sent IS NULL)),
    CHECK (state <> 'doing' OR started IS NOT NULL),
    CHECK (state <> 'dead' OR error IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX outbox_one_doing ON outbox (lane) WHERE state = 'doing';
CREATE INDEX outbox_open ON outbox (lane, priority, id) WHERE state IN ('todo', 'doing');
CREATE INDEX outbox_history ON outbox (conversation, created, id) WHERE conversation IS NOT NULL;
CREATE INDEX outbox_closed ON outbox (created) WHERE state IN ('done', 'dead');

CREATE TABLE preference (
    scope TEXT NOT NULL CHECK (scope IN ('project', 'conversation', 'person')),
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    by TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (scope, owner, name)
) STRICT, WITHOUT ROWID;

-- A standing permission: `rule` is what the agent's driver needs to grant it, '' = the whole tool.
CREATE TABLE standing (
    id INTEGER PRIMARY KEY,
    scope TEXT NOT NULL CHECK (scope IN ('project', 'conversation')),
    owner TEXT NOT NULL,
    tool TEXT NOT NULL,
    rule TEXT NOT NULL,
    by TEXT NOT NULL,
    at REAL NOT NULL,
    expires REAL,
    UNIQUE (scope, owner, tool, rule)
) STRICT;

CREATE TABLE pairing (
    code_hash TEXT PRIMARY KEY,
    platform TEXT NOT NULL,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    created REAL NOT NULL,
    expires REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    UNIQUE (platform, person)
) STRICT, WITHOUT ROWID;

-- project '' = every project; role as in contract.command.Role.
CREATE TABLE member (
    platform TEXT NOT NULL,
    person TEXT NOT NULL,
    project TEXT NOT NULL,
    name TEXT NOT NULL,
    role INTEGER NOT NULL CHECK (role IN (0, 1, 2)),
    by TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (platform, person, project)
) STRICT, WITHOUT ROWID;

CREATE TABLE keyvalue (
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    who TEXT NOT NULL,
    platform TEXT NOT NULL,
    project TEXT,
    action TEXT NOT NULL,
    allowed INTEGER NOT NULL CHECK (allowed IN (0, 1)),
    reason TEXT
) STRICT;
CREATE INDEX audit_by_time ON audit (at);
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is never changed');
END;

CREATE TABLE blob (
    sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    size INTEGER NOT NULL CHECK (size >= 0),
    mime TEXT NOT NULL,
    created REAL NOT NULL,
    last_used REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_by_use ON blob (last_used);

CREATE TABLE media (
    inbox INTEGER NOT NULL REFERENCES inbox (id) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 0),
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES blob (sha256),
    PRIMARY KEY (inbox, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_of_blob ON media (sha256);
