-- What may be forgotten, in small batches: each statement deletes at most :limit rows that were closed
-- before :before. Order matters: what points at other rows goes first.

--! inbox
DELETE FROM inbox WHERE id IN (
    SELECT id FROM inbox
    WHERE state IN ('done', 'held', 'refused', 'withdrawn') AND received < :before LIMIT :limit);

--! outbox
DELETE FROM outbox WHERE id IN (
    SELECT id FROM outbox WHERE state IN ('done', 'dead') AND created < :before LIMIT :limit);

--! request
DELETE FROM request WHERE id IN (
    SELECT id FROM request WHERE state <> 'open' AND closed < :before LIMIT :limit);

--! turn
DELETE FROM turn WHERE id IN (
    SELECT id FROM turn
    WHERE state <> 'running' AND ended < :before
      AND NOT EXISTS (SELECT 1 FROM request WHERE request.turn = turn.id AND request.state = 'open')
    LIMIT :limit);

--! session
DELETE FROM session WHERE id IN (
    SELECT id FROM session
    WHERE deleted = 1 AND last_used < :before
      AND NOT EXISTS (SELECT 1 FROM turn WHERE turn.session = session.id) LIMIT :limit);

--! standing
DELETE FROM standing WHERE id IN (SELECT id FROM standing WHERE expires < :before LIMIT :limit);

--! pairing
DELETE FROM pairing WHERE code_hash IN (
    SELECT code_hash FROM pairing WHERE expires < :before LIMIT :limit);

--! audit
DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < :before LIMIT :limit);

--! blob
DELETE FROM blob WHERE sha256 IN (
    SELECT sha256 FROM blob
    WHERE last_used < :before
      AND NOT EXISTS (SELECT 1 FROM media WHERE media.sha256 = blob.sha256)
      AND NOT EXISTS (SELECT 1 FROM outbox
                      WHERE outbox.state IN ('todo', 'doing')
                        AND instr(outbox.intent, blob.sha256)) LIMIT :limit);
