-- A second source: photos, and the users who took them.
CREATE TABLE users2 (
  id         BIGINT      NOT NULL PRIMARY KEY,
  gender     VARCHAR(16) NOT NULL COLLATE utf8mb4_0900_bin,
  hair_color VARCHAR(32)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE photos (
  id         BIGINT NOT NULL PRIMARY KEY,
  user_id    BIGINT NOT NULL,
  title      VARCHAR(255),
  popularity INT    NOT NULL,
  KEY (user_id)
) DEFAULT CHARSET = utf8mb4;
