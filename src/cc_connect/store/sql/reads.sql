-- One block per question (store/store.py). Columns are the fields of the row's class in store/rows.py.

--! open_inbox
SELECT id, conversation, state, turn, received, body FROM inbox
WHERE state IN ('todo', 'queued', 'running') ORDER BY id;

--! held
SELECT id, conversation, reason, received, body FROM inbox
WHERE state = 'held' AND conversation = :conversation ORDER BY id;

--! unasked
SELECT DISTINCT conversation FROM inbox WHERE state = 'held' AND reason IS NULL;

--! inbox
SELECT id, conversation, state, turn, received, body FROM inbox WHERE id = :id AND body IS NOT NULL;

--! conversation
SELECT key, title, state, created, updated FROM conversation WHERE key = :key;

--! conversations
SELECT key, title, state, created, updated FROM conversation
WHERE (updated, key) < (:updated, :key)
ORDER BY updated DESC, key DESC LIMIT :limit;

--! conversations_of_project
SELECT key, title, state, created, updated FROM conversation
WHERE project = :project AND (updated, key) < (:updated, :key)
ORDER BY updated DESC, key DESC LIMIT :limit;

--! history_in
SELECT id, received, state, turn, body FROM inbox
WHERE conversation = :conversation AND body IS NOT NULL AND (received, id) < (:at, :id)
ORDER BY received DESC, id DESC LIMIT :limit;

--! history_out
SELECT id, created, state, turn, intent, key, receipt FROM outbox
WHERE conversation = :conversation AND (created, id) < (:at, :id)
ORDER BY created DESC, id DESC LIMIT :limit;

--! open_posts
SELECT id, key, lane, platform, priority, state, attempts, next_at, created, started, error,
       conversation, turn, intent
FROM outbox WHERE state IN ('todo', 'doing') ORDER BY lane, priority, id;

--! open_posts_of_lane
SELECT id, key, lane, platform, priority, state, attempts, next_at, created, started, error,
       conversation, turn, intent
FROM outbox WHERE lane = :lane AND state IN ('todo', 'doing') ORDER BY priority, id;

--! next_post
SELECT id, key, lane, platform, priority, state, attempts, next_at, created, started, error,
       conversation, turn, intent
FROM outbox WHERE lane = :lane AND state IN ('todo', 'doing') AND state = 'todo'
ORDER BY priority, id LIMIT 1;

--! oldest_post
SELECT min(created) FROM outbox WHERE state IN ('todo', 'doing');

--! receipt
SELECT receipt FROM outbox WHERE key = :key;

--! running_turns
SELECT id, conversation, session, state, started, ended, requester, prompt, answer, failure, detail,
       usage, steps, live, resumes
FROM turn WHERE state = 'running' ORDER BY started, id;

--! turn
SELECT id, conversation, session, state, started, ended, requester, prompt, answer, failure, detail,
       usage, steps, live, resumes
FROM turn WHERE id = :id;

--! turns
SELECT id, conversation, session, state, started, ended, requester, prompt, answer, failure, detail,
       usage, steps, live, resumes
FROM turn WHERE conversation = :conversation ORDER BY started DESC, id DESC LIMIT :limit;

--! find_turns
SELECT id, conversation, session, state, started, ended, requester, prompt, answer, failure, detail,
       usage, steps, live, resumes
FROM (SELECT * FROM turn WHERE conversation = :conversation ORDER BY started DESC, id DESC LIMIT 5000)
     AS latest
WHERE NOT EXISTS (
    SELECT 1 FROM json_each(:patterns)
    WHERE prompt || char(10) || coalesce(answer, '') NOT LIKE json_each.value ESCAPE '\')
ORDER BY started DESC, id DESC LIMIT :limit;

--! open_requests
SELECT id, conversation, turn, number, agent_request, kind, tool, title, input, options, requester,
       asked, expires, state, answer, answered_by, closed, post
FROM request WHERE state = 'open' ORDER BY conversation, number;

--! open_requests_of_conversation
SELECT id, conversation, turn, number, agent_request, kind, tool, title, input, options, requester,
       asked, expires, state, answer, answered_by, closed, post
FROM request WHERE conversation = :conversation AND state = 'open' ORDER BY number;

--! request
SELECT id, conversation, turn, number, agent_request, kind, tool, title, input, options, requester,
       asked, expires, state, answer, answered_by, closed, post
FROM request WHERE id = :id;

--! sessions
SELECT id, conversation, name, title, agent, cwd, created, last_used, turns,
       (SELECT agent_session FROM binding WHERE session = session.id ORDER BY binding.id DESC LIMIT 1)
FROM session WHERE conversation = :conversation AND deleted = 0 ORDER BY last_used DESC, id DESC;

--! session
SELECT id, conversation, name, title, agent, cwd, created, last_used, turns,
       (SELECT agent_session FROM binding WHERE session = session.id ORDER BY binding.id DESC LIMIT 1)
FROM session WHERE id = :id AND deleted = 0;

--! bindings
SELECT session, agent_session, kind, at FROM binding WHERE session = :session ORDER BY id;

--! bound
SELECT DISTINCT agent_session FROM binding
WHERE agent_session IN (SELECT value FROM json_each(:ids));

--! preferences
SELECT scope, owner, name, value, by, at FROM preference
WHERE scope = :scope AND owner = :owner ORDER BY name;

--! grants
SELECT id, scope, owner, tool, rule, by, at, expires FROM standing
WHERE scope = :scope AND owner = :owner AND (expires IS NULL OR expires > :now) ORDER BY id;

--! pairing
SELECT code_hash, platform, person, name, created, expires, attempts FROM pairing
WHERE platform = :platform AND person = :person;

--! pairings
SELECT code_hash, platform, person, name, created, expires, attempts FROM pairing
WHERE expires > :now ORDER BY created;

--! members
SELECT platform, person, name, role, project, by, at FROM member ORDER BY platform, person, project;

--! value
SELECT value FROM keyvalue WHERE owner = :owner AND key = :key;

--! values
SELECT key, value FROM keyvalue WHERE owner = :owner ORDER BY key;

--! audit
SELECT id, at, who, platform, project, action, allowed, reason FROM audit
WHERE id < :before ORDER BY id DESC LIMIT :limit;

--! media
SELECT position, name, media.mime, media.sha256, size
FROM media JOIN blob USING (sha256) WHERE inbox = :inbox ORDER BY position;

--! figures
SELECT (SELECT count(*) FROM inbox WHERE state IN ('todo', 'queued', 'running')),
       (SELECT count(*) FROM outbox WHERE state IN ('todo', 'doing')),
       (SELECT count(*) FROM turn WHERE state = 'running'),
       (SELECT count(*) FROM request WHERE state = 'open'),
       (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size);

--! blobs
SELECT sha256 FROM blob;
