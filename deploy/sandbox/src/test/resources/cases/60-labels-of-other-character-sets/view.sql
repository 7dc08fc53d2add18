CREATE MATERIALIZED TABLE c60_rows (
  PRIMARY KEY (grp, id) NOT ENFORCED
)
PARTITIONED BY (grp)
WITH ('populate' = 'eager')
FRESHNESS = INTERVAL '30' SECOND
AS SELECT t.grp, t.id, t.l, t.g, t.c, t.u, t.b FROM c60_t t
