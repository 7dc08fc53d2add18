-- Who waits longest? A session for the person on call:
--   ./deploy/freshet sql -f sql/explore/waiting.sql

-- The keys that are INVALID now, the longest first. MySQL answers them meanwhile. A row without a
-- key is about the whole view.
SELECT `view`, `key`, `reason`, `at` AS `since`,
       TIMESTAMPDIFF(SECOND, `at`, CURRENT_TIMESTAMP) AS `seconds`
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY `job`, `view`, `key`
                                   ORDER BY `at` DESC, `offset` DESC) AS `age`
      FROM streams.invalidation)
WHERE `age` = 1 AND `state` = 'INVALID'
ORDER BY `since`
LIMIT 20;

-- The rows at fault that the job gave up: correct them in MySQL.
SELECT `table`, `primary_key`, `view`, `reason`, `attempt`, `failed_at`
FROM streams.dead_letter
ORDER BY `failed_at`
LIMIT 20;

-- The range of keys whose answers are oldest.
SELECT `job`, `first_group`, `last_group`, `as_of`,
       TIMESTAMPDIFF(SECOND, `as_of`, LOCALTIMESTAMP) AS `seconds`
FROM projection.progress
ORDER BY `as_of`
LIMIT 5;
