-- What was invalid since yesterday, for how long, and why?
--   ./deploy/freshet sql -f sql/explore/invalid.sql

-- For each view and reason: how many keys, from when to when, and the longest time of a key.
SELECT `view`, `reason`, COUNT(DISTINCT `key`) AS `keys`, MIN(`at`) AS `from`, MAX(`until`) AS `to`,
       MAX(TIMESTAMPDIFF(SECOND, `at`, COALESCE(`until`, CURRENT_TIMESTAMP))) AS longest_seconds,
       COUNT(*) - COUNT(`until`) AS not_valid_yet
FROM (SELECT *, LEAD(`at`) OVER (PARTITION BY `job`, `view`, `key` ORDER BY `at`) AS `until`
      FROM streams.invalidation)
WHERE `state` = 'INVALID'
  AND COALESCE(`until`, CURRENT_TIMESTAMP) >= CURRENT_TIMESTAMP - INTERVAL '1' DAY
GROUP BY `view`, `reason`
ORDER BY `keys` DESC;

-- The rows that caused it, and what the job said about them.
SELECT `table`, `primary_key`, `reason`, COUNT(*) AS attempts, MIN(`failed_at`) AS `first`,
       MAX(`message`) AS `message`
FROM streams.retry
WHERE `failed_at` >= CURRENT_TIMESTAMP - INTERVAL '1' DAY
GROUP BY `table`, `primary_key`, `reason`
ORDER BY `first`
LIMIT 50;

-- What somebody asked the job for: retries and repairs.
SELECT `type`, `view`, COUNT(*) AS requests, MAX(`at`) AS newest
FROM streams.requests
WHERE `at` >= CURRENT_TIMESTAMP - INTERVAL '1' DAY
GROUP BY `type`, `view`;
