SELECT t.grp, t.id, t.hidden, t.label FROM c63_t t ORDER BY t.grp, t.id
