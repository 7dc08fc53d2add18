INSERT INTO c60_t SELECT id + 100, 3, l, g, c, u, b FROM c60_t;
