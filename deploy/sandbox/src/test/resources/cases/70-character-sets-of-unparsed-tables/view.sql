CREATE MATERIALIZED TABLE c70_rows (
  PRIMARY KEY (grp, id) NOT ENFORCED
)
PARTITIONED BY (grp)
WITH ('populate' = 'eager')
FRESHNESS = INTERVAL '30' SECOND
AS SELECT t.grp, t.id, t.c, t.k, t.j, t.l, t.h FROM c70_t t
