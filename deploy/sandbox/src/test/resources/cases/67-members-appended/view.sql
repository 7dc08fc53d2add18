CREATE MATERIALIZED TABLE c67_rows (
  PRIMARY KEY (grp, id) NOT ENFORCED
)
PARTITIONED BY (grp)
WITH ('populate' = 'eager')
FRESHNESS = INTERVAL '30' SECOND
AS SELECT t.grp, t.id, t.status, t.tags FROM c67_t t
