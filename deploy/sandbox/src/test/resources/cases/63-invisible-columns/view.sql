CREATE MATERIALIZED TABLE c63_rows (
  PRIMARY KEY (grp, id) NOT ENFORCED
)
PARTITIONED BY (grp)
WITH ('populate' = 'eager')
FRESHNESS = INTERVAL '30' SECOND
AS SELECT t.grp, t.id, t.hidden, t.label FROM c63_t t
