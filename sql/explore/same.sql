-- Is the projection MySQL? While nobody writes, no row may be left over on either side.
--   ./deploy/freshet sql -f sql/explore/same.sql

CREATE TEMPORARY VIEW inbox AS
SELECT p.user_id, c.site_id, p.conversation_id, c.last_message_at, u.name, u.image_url
FROM source.participants AS p
JOIN source.conversations AS c ON c.id = p.conversation_id
LEFT JOIN source.users AS u ON u.id = p.counterpart_id
WHERE c.archived = 0 AND c.last_message_at > p.last_read_at;

SELECT 'missing' AS problem, COUNT(*) AS conversations
FROM (SELECT * FROM inbox EXCEPT SELECT * FROM projection.unread_conversations)
UNION ALL
SELECT 'too many', COUNT(*)
FROM (SELECT * FROM projection.unread_conversations EXCEPT SELECT * FROM inbox);

-- The same by change data capture, as the job reads MySQL. Without the hint the query goes on and
-- prints each change that the application makes; Ctrl-C ends it.
SET 'execution.runtime-mode' = 'streaming';
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.allow-latency' = '2 s';
SET 'table.exec.mini-batch.size' = '10000';

SELECT u.gender, COUNT(*) AS photos
FROM changes.photos /*+ OPTIONS('scan.startup.mode' = 'snapshot') */ AS p
JOIN changes.users2 /*+ OPTIONS('scan.startup.mode' = 'snapshot') */ AS u ON u.id = p.user_id
GROUP BY u.gender;
