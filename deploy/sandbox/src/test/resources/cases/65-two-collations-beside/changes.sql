INSERT INTO c65_beside VALUES (2,'b','c','','y');
INSERT INTO c65_t VALUES (3,2,'a','y','d');
UPDATE c65_beside SET f = NULL, s = 'x' WHERE id = 2;
DELETE FROM c65_beside WHERE id = 1;
UPDATE c65_t SET e = 'b', f = NULL WHERE id = 1;
