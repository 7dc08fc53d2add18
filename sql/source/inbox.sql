-- The sample source: conversations between two users of a site.
CREATE TABLE users (
  id        BIGINT NOT NULL PRIMARY KEY,
  name      VARCHAR(255),
  image_url VARCHAR(512)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE conversations (
  id              BIGINT      NOT NULL PRIMARY KEY,
  site_id         BIGINT      NOT NULL,
  last_message_at DATETIME(6) NOT NULL,
  archived        TINYINT(1)  NOT NULL DEFAULT 0
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE participants (
  conversation_id BIGINT      NOT NULL,
  user_id         BIGINT      NOT NULL,
  counterpart_id  BIGINT,
  last_read_at    DATETIME(6) NOT NULL,
  PRIMARY KEY (conversation_id, user_id),
  KEY (user_id),
  KEY (counterpart_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE messages (
  id              BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  conversation_id BIGINT,
  sender_id       BIGINT,
  sent_at         DATETIME(6),
  body            TEXT
) DEFAULT CHARSET = utf8mb4;
