-- A first session with Flink's SQL client. It needs what runs:
--   ./deploy/freshet up
--   ./deploy/freshet sql -f sql/explore/session.sql
-- or type it line by line after ./deploy/freshet sql. Each query reads what is there now, and ends.

-- What there is: one table per view, the writers' progress, the catalogue of views; and MySQL.
SHOW TABLES IN projection;
SHOW TABLES IN source;

-- How far each range of keys is, and as of when MySQL confirmed that nothing is missing.
SELECT `job`, `first_group`, `last_group`,
       'binlog.' || LPAD(CAST(`version` / 4294967296 AS STRING), 6, '0')
         || ':' || CAST(MOD(`version`, 4294967296) AS STRING) AS `version`,
       `as_of`
FROM projection.progress
ORDER BY `first_group`;

-- The longest answers: what an inbox would have to sort on every read.
SELECT user_id, site_id, COUNT(*) AS conversations, MAX(last_message_at) AS newest
FROM projection.unread_conversations
GROUP BY user_id, site_id
ORDER BY conversations DESC, user_id, site_id
LIMIT 10;

-- A projection joined with a table of MySQL: which languages active customers rent.
SELECT r.spoken, COUNT(*) AS rentals, COUNT(DISTINCT r.customer_id) AS customers
FROM projection.rentals_of_customer AS r
JOIN source.customer AS c ON c.customer_id = r.customer_id
WHERE c.active = 1
GROUP BY r.spoken
ORDER BY rentals DESC, r.spoken;

-- Is it right? MySQL's own rows, joined here, against the projection: while nobody writes, nothing
-- may be left over on either side.
CREATE TEMPORARY VIEW expected AS
SELECT u.gender, p.id AS photo_id, p.user_id, p.title, CAST(p.popularity AS BIGINT) AS popularity,
       u.hair_color
FROM source.photos AS p
JOIN source.users2 AS u ON u.id = p.user_id;

SELECT 'missing' AS problem, COUNT(*) AS photos
FROM (SELECT * FROM expected EXCEPT SELECT * FROM projection.photos_by_gender)
UNION ALL
SELECT 'too many', COUNT(*)
FROM (SELECT * FROM projection.photos_by_gender EXCEPT SELECT * FROM expected);
