-- What store/tracing.py asks. Rare, by hand and of one message: it may walk through whole tables, as an
-- index of its own would cost every turn.

--! trace_inbox
SELECT id, received, platform, chat, state, reason, turn FROM inbox
WHERE (message = :message OR (:message = '' AND turn IS NOT NULL))
  AND (:conversation = '' OR conversation = :conversation)
ORDER BY received DESC, id DESC LIMIT 1;

--! trace_answered
SELECT inbox.id, received, inbox.platform, chat, inbox.state, reason, inbox.turn
FROM outbox JOIN inbox ON inbox.turn = outbox.turn OR outbox.key = 'answer:' || inbox.id
WHERE outbox.receipt = :message
  AND (:conversation = '' OR inbox.conversation = :conversation)
ORDER BY outbox.id DESC LIMIT 1;

--! trace_turn
SELECT started, ended, state, failure, detail, session, resumes, steps FROM turn WHERE id = :turn;

--! trace_requests
SELECT asked, closed, state, kind, tool, answered_by FROM request WHERE turn = :turn ORDER BY number;

--! trace_posts
SELECT key, created, state, attempts, next_at, sent, receipt, error FROM outbox
WHERE turn = :turn OR key IN ('answer:' || :row, 'refused:' || :row, 'unknown:' || :row,
                              'files:' || :row)
ORDER BY id;
