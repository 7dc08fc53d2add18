SELECT t.grp, t.id, t.l, t.g, t.c, t.u, t.b FROM c60_t t ORDER BY t.grp, t.id
