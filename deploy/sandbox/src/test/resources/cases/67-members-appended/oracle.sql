SELECT t.grp, t.id, t.status, t.tags FROM c67_t t ORDER BY t.grp, t.id
