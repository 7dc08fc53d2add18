SELECT t.grp, t.id, t.v, d.name FROM c64_t t LEFT JOIN c64_d d ON d.id = t.id WHERE t.grp < 5 ORDER BY t.grp, t.id
