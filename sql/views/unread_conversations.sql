-- The unread conversations of a user in a site, newest first.
CREATE MATERIALIZED TABLE unread_conversations (
  PRIMARY KEY (user_id, site_id, conversation_id) NOT ENFORCED
)
PARTITIONED BY (user_id, site_id)
WITH ('populate' = 'eager')
FRESHNESS = INTERVAL '5' SECOND
AS SELECT p.user_id, c.site_id, p.conversation_id, c.last_message_at, u.name, u.image_url
   FROM participants p
   JOIN conversations c   ON c.id = p.conversation_id
   LEFT JOIN users u      ON u.id = p.counterpart_id
   WHERE c.archived = 0 AND c.last_message_at > p.last_read_at
   ORDER BY last_message_at DESC
