INSERT INTO c70_t (id,grp,c,k,j,l,h) SELECT id + 100, 4, c, k, j, l, h FROM c70_t WHERE grp = 3;
