-- A session over the projection, for psql or any other client of Postgres:
--   . .freshet/endpoints.env
--   PGPASSWORD=$POSTGRES_PASSWORD psql -h $POSTGRES_HOST -p $POSTGRES_PORT -U $POSTGRES_USER \
--     -d $POSTGRES_DATABASE -f sql/explore/projection.sql

-- Which views there are, and where their entries lie.
SELECT view, generation, active, job FROM freshet.catalogue;

-- How far each writer is, and as of when MySQL confirmed that nothing is missing.
SELECT first_group, last_group,
       'binlog.' || lpad((version >> 32 & 16777215)::text, 6, '0') || ':' || (version & 4294967295)
         AS version,
       now() - as_of AS age
FROM freshet.progress
ORDER BY first_group;

-- The keys with the longest answers.
SELECT user_id, site_id, count(*) AS conversations, max(last_message_at) AS newest
FROM freshet.unread_conversations
GROUP BY user_id, site_id
ORDER BY conversations DESC
LIMIT 10;
