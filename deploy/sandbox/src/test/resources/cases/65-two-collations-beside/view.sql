CREATE MATERIALIZED TABLE c65_rows (
  PRIMARY KEY (grp, id) NOT ENFORCED
)
PARTITIONED BY (grp)
WITH ('populate' = 'eager')
FRESHNESS = INTERVAL '30' SECOND
AS SELECT t.grp, t.id, t.e, t.s, t.f FROM c65_t t
