SELECT t.grp, t.id, t.a, t.b FROM c68_t t ORDER BY t.grp, t.id
