SELECT o.grp, o.id, o.a, n.a AS na, n.note FROM `c62_order` o LEFT JOIN `c62_Order` n ON n.id = o.id ORDER BY o.grp, o.id
