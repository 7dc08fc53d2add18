CREATE MATERIALIZED TABLE c64_rows (
  PRIMARY KEY (grp, id) NOT ENFORCED
)
PARTITIONED BY (grp)
WITH ('populate' = 'eager')
FRESHNESS = INTERVAL '30' SECOND
AS SELECT t.grp, t.id, t.v, d.name FROM c64_t t LEFT JOIN c64_d d ON d.id = t.id
