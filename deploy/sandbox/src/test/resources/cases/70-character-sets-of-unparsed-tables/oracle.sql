SELECT t.grp, t.id, t.c, t.k, t.j, t.l, t.h FROM c70_t t ORDER BY t.grp, t.id
