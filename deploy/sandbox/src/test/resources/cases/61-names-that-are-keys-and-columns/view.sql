CREATE MATERIALIZED TABLE c61_cities (
  PRIMARY KEY (land, id) NOT ENFORCED
)
PARTITIONED BY (land)
WITH ('populate' = 'eager')
FRESHNESS = INTERVAL '30' SECOND
AS SELECT c.land, c.id, c.name, y.name AS country FROM c61_city c JOIN c61_country y ON y.id = c.land
