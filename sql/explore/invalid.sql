-- What was invalid since yesterday, for how long, and why?
--   ./deploy/freshet sql -f sql/explore/invalid.sql

-- For each view and reason: how many keys, from when to when, and the longest time of a key. Flink
-- has no LEAD of a time with a zone.
SELECT `view`, `reason`, COUNT(DISTINCT `key`) AS `keys`, MIN(`begin`) AS `from`,
       MAX(`until`) AS `to`,
       MAX(TIMESTAMPDIFF(SECOND, `begin`, COALESCE(`until`, LOCALTIMESTAMP))) AS longest_seconds,
       COUNT(*) - COUNT(`until`) AS not_valid_yet
FROM (SELECT `view`, `key`, `state`, `reason`, `begin`,
             LEAD(`begin`) OVER (PARTITION BY `job`, `view`, `key` ORDER BY `begin`) AS `until`
      FROM (SELECT `job`, `view`, `key`, `state`, `reason`, CAST(`at` AS TIMESTAMP(6)) AS `begin`
            FROM streams.invalidation))
WHERE `state` = 'INVALID'
  AND COALESCE(`until`, LOCALTIMESTAMP) >= LOCALTIMESTAMP - INTERVAL '1' DAY
GROUP BY `view`, `reason`
ORDER BY `keys` DESC;

-- The rows that caused it, and what the job said about them.
SELECT `table`, `primary_key`, `reason`, COUNT(*) AS attempts,
       MIN(CAST(`failed_at` AS TIMESTAMP(6))) AS `first`, MAX(`message`) AS `message`
FROM streams.retry
WHERE `failed_at` >= CURRENT_TIMESTAMP - INTERVAL '1' DAY
GROUP BY `table`, `primary_key`, `reason`
ORDER BY `first`
LIMIT 50;

-- What somebody asked the job for: retries and repairs.
SELECT `type`, `view`, COUNT(*) AS requests, MAX(CAST(`at` AS TIMESTAMP(6))) AS newest
FROM streams.requests
WHERE `at` >= CURRENT_TIMESTAMP - INTERVAL '1' DAY
GROUP BY `type`, `view`;
