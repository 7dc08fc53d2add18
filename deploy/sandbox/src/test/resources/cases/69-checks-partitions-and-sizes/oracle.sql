SELECT t.grp, t.id, t.a FROM c69_t t ORDER BY t.grp, t.id
