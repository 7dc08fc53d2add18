SELECT t.grp, t.id, t.e, t.s, t.f FROM c65_t t ORDER BY t.grp, t.id
