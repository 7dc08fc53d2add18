CREATE MATERIALIZED TABLE c62_orders (
  PRIMARY KEY (grp, id) NOT ENFORCED
)
PARTITIONED BY (grp)
WITH ('populate' = 'eager')
FRESHNESS = INTERVAL '30' SECOND
AS SELECT o.grp, o.id, o.a, n.a AS na, n.note FROM `c62_order` o LEFT JOIN `c62_Order` n ON n.id = o.id
