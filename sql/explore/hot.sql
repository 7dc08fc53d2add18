-- Which keys are hottest?
--   ./deploy/freshet sql -f sql/explore/hot.sql

-- The keys whose answers changed most in the last day before the newest message: each message moves
-- a conversation to the top of the inboxes of all its participants.
SELECT u.user_id, u.site_id, COUNT(*) AS moved, MAX(u.last_message_at) AS newest
FROM projection.unread_conversations AS u,
     (SELECT MAX(last_message_at) AS at_last FROM projection.unread_conversations) AS m
WHERE u.last_message_at > m.at_last - INTERVAL '1' DAY
GROUP BY u.user_id, u.site_id
ORDER BY moved DESC, u.user_id, u.site_id
LIMIT 10;

-- The rows whose change touches most keys: users who are the counterpart of many.
SELECT p.counterpart_id, COUNT(*) AS conversations, COUNT(DISTINCT p.user_id) AS users
FROM source.participants AS p
GROUP BY p.counterpart_id
ORDER BY conversations DESC, p.counterpart_id
LIMIT 10;

-- The keys of views populated on read that readers asked for most often.
SELECT `view`, `asked_key`, COUNT(*) AS asked
FROM (SELECT r.`view`, CAST(k.`key` AS STRING) AS `asked_key`
      FROM streams.requests AS r
      CROSS JOIN UNNEST(r.`keys`) AS k (`key`)
      WHERE r.`type` = 'read')
GROUP BY `view`, `asked_key`
ORDER BY asked DESC
LIMIT 10;
