-- Photos by the gender of who took them, the most popular first. The key is a column of the joined
-- table: a user who changes it moves all their photos to another answer.
CREATE MATERIALIZED TABLE photos_by_gender (
  PRIMARY KEY (gender, photo_id) NOT ENFORCED
)
PARTITIONED BY (gender)
WITH ('populate' = 'eager')
FRESHNESS = INTERVAL '5' SECOND
AS SELECT u.gender, p.id AS photo_id, p.user_id, p.title, p.popularity, u.hair_color
   FROM photos p
   JOIN users2 u ON u.id = p.user_id
   ORDER BY popularity DESC
