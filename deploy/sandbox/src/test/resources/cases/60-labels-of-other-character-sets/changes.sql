INSERT INTO c60_t SELECT id + 10, 2, l, g, c, u, b FROM c60_t;
UPDATE c60_t SET l = 2, c = 4 WHERE id IN (1, 13);
UPDATE c60_t SET u = NULL, b = 2 WHERE id = 12;
