-- One block per change (store/changes.py). `--! Name` starts it; `--! Name one` says in addition that
-- each statement must touch exactly one row: a change that meets nothing to change is refused.
-- `:names` are attributes of the change.

--! Accepted
INSERT INTO inbox (platform, chat, message, conversation, sender, sender_name, body, received, sent,
                   state, reason)
VALUES (:platform, :chat, :message, :conversation, :sender, :sender_name, :body, :at, :sent,
        :state, :reason)
ON CONFLICT (platform, chat, message) DO NOTHING
RETURNING id;

--! InboxMoved one
UPDATE inbox
SET state = :state,
    turn = coalesce(:turn, turn),
    reason = coalesce(:reason, reason),
    conversation = coalesce(:conversation, conversation),
    sender_name = CASE WHEN :state = 'refused' THEN '' ELSE sender_name END,
    body = CASE WHEN :state = 'refused' THEN NULL ELSE body END
WHERE id = :id;

--! ConversationSaved
INSERT INTO conversation (key, project, platform, chat, thread, owner, title, state, created, updated)
VALUES (:text, :project, :platform, :chat, :thread, :owner, :title, :state, :at, :at)
ON CONFLICT (key) DO UPDATE
SET state = excluded.state, updated = excluded.updated, title = coalesce(excluded.title, title);

--! ConversationRenamed one
UPDATE conversation SET title = :title WHERE key = :conversation;

--! SessionOpened
INSERT INTO session (id, conversation, name, title, agent, cwd, created, last_used)
VALUES (:id, :conversation, :name, :title, :agent, :cwd, :at, :at);

--! SessionRenamed one
UPDATE session SET name = :name WHERE id = :id;

--! SessionTouched one
UPDATE session
SET last_used = :at, turns = turns + :turns, title = coalesce(:title, title), cwd = coalesce(:cwd, cwd)
WHERE id = :id;

--! SessionDeleted one
UPDATE session SET deleted = 1, last_used = :at WHERE id = :id;

--! Bound
INSERT INTO binding (session, agent_session, kind, at)
VALUES (:session, :agent_session, :kind, :at);

--! TurnOpened
INSERT INTO turn (id, conversation, session, state, started, requester, prompt)
VALUES (:id, :conversation, :session, 'running', :at, :requester, :prompt);

--! TurnTouched one
UPDATE turn
SET live = coalesce(:live, live), steps = coalesce(:steps, steps), usage = coalesce(:usage, usage),
    resumes = resumes + :resumes, session = coalesce(:session, session)
WHERE id = :id;

--! TurnClosed one
UPDATE turn
SET state = :state, ended = :at, answer = :answer, failure = :failure, detail = :detail,
    usage = coalesce(:usage, usage), steps = coalesce(:steps, steps)
WHERE id = :id AND state = 'running';

--! RequestOpened
INSERT INTO request (id, conversation, turn, number, agent_request, kind, tool, title, input, options,
                     requester, asked, expires, state, post)
VALUES (:id, :conversation, :turn, :number, :agent_request, :kind, :tool, :title, :input, :options,
        :requester, :at, :expires, 'open', :post);

--! RequestClosed one
UPDATE request
SET state = :state, answer = :answer, answered_by = :answered_by, closed = :at
WHERE id = :id AND state = 'open';

--! PostQueued
INSERT INTO outbox (key, lane, platform, priority, intent, state, attempts, next_at, created, started,
                    conversation, turn)
VALUES (:key, :lane, :platform, :priority, :body, CASE WHEN :taken THEN 'doing' ELSE 'todo' END, :taken,
        :at, :at, CASE WHEN :taken THEN :at END, :conversation, :turn);

--! PostTaken one
UPDATE outbox SET state = 'doing', started = :at, attempts = attempts + 1
WHERE id = :id AND state = 'todo';

--! PostSent one
UPDATE outbox SET state = 'done', sent = :at, receipt = :receipt, error = NULL
WHERE id = :id AND state IN ('todo', 'doing');

--! PostDelayed one
UPDATE outbox
SET state = 'todo', next_at = :next_at, error = :error,
    attempts = attempts + (state = 'todo'),
    intent = CASE WHEN :repeat THEN json_set(intent, '$.repeat', json('true')) ELSE intent END
WHERE id = :id AND state IN ('todo', 'doing');

--! PostReopened one
UPDATE outbox
SET state = 'todo', next_at = :at,
    intent = CASE WHEN :repeat THEN json_set(intent, '$.repeat', json('true')) ELSE intent END
WHERE id = :id AND state = 'doing';

--! PostBuried one
UPDATE outbox SET state = 'dead', error = :error
WHERE id = :id AND state IN ('todo', 'doing');

--! PreferenceSet
INSERT INTO preference (scope, owner, name, value, by, at)
VALUES (:scope, :owner, :name, :value, :by, :at)
ON CONFLICT (scope, owner, name) DO UPDATE
SET value = excluded.value, by = excluded.by, at = excluded.at;

--! PreferenceCleared
DELETE FROM preference WHERE scope = :scope AND owner = :owner AND name = :name;

--! Granted
INSERT INTO standing (scope, owner, tool, rule, by, at, expires)
VALUES (:scope, :owner, :tool, :rule, :by, :at, :expires)
ON CONFLICT (scope, owner, tool, rule) DO UPDATE
SET by = excluded.by, at = excluded.at, expires = excluded.expires;

--! GrantRevoked
DELETE FROM standing WHERE id = :id;

--! PairingOpened
INSERT INTO pairing (code_hash, platform, person, name, created, expires)
VALUES (:code_hash, :platform, :person, :name, :at, :expires)
ON CONFLICT (platform, person) DO UPDATE
SET code_hash = excluded.code_hash, name = excluded.name, created = excluded.created,
    expires = excluded.expires, attempts = 0;

--! PairingTried
UPDATE pairing SET attempts = attempts + 1 WHERE platform = :platform AND person = :person;

--! PairingClosed
DELETE FROM pairing WHERE platform = :platform AND person = :person;

--! MemberAdded
INSERT INTO member (platform, person, project, name, role, by, at)
VALUES (:platform, :person, :project, :name, :role, :by, :at)
ON CONFLICT (platform, person, project) DO UPDATE
SET name = excluded.name, role = excluded.role, by = excluded.by, at = excluded.at;

--! MemberRemoved
DELETE FROM member WHERE platform = :platform AND person = :person AND project = :project;

--! ValueSaved
INSERT INTO keyvalue (owner, key, value) VALUES (:owner, :key, :value)
ON CONFLICT (owner, key) DO UPDATE SET value = excluded.value;

--! ValueDropped
DELETE FROM keyvalue WHERE owner = :owner AND key = :key;

--! Audited
INSERT INTO audit (at, who, platform, project, action, allowed, reason)
VALUES (:at, :who, :platform, :project, :action, :allowed, :reason);

--! BlobStored
INSERT INTO blob (sha256, size, mime, created, last_used) VALUES (:sha256, :size, :mime, :at, :at)
ON CONFLICT (sha256) DO UPDATE SET last_used = excluded.last_used;

--! MediaStored
INSERT INTO media (inbox, position, name, mime, sha256)
VALUES (:inbox, :position, :name, :mime, :sha256)
ON CONFLICT (inbox, position) DO UPDATE
SET name = excluded.name, mime = excluded.mime, sha256 = excluded.sha256;