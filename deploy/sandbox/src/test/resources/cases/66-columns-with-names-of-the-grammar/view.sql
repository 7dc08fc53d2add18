CREATE MATERIALIZED TABLE c66_rows (
  PRIMARY KEY (grp, id) NOT ENFORCED
)
PARTITIONED BY (grp)
WITH ('populate' = 'eager')
FRESHNESS = INTERVAL '30' SECOND
AS SELECT t.grp, t.id, t.`array`, t.`returning`, t.`geometry`, t.`following` FROM c66_t t
