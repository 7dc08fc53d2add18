INSERT INTO c70_t (id,grp,c,k,j,l,h) SELECT id + 10, 2, c, k, j, l, h FROM c70_t;
ALTER TABLE c70_t ADD COLUMN p VARCHAR(60) AS (REPEAT(k, 2)) VIRTUAL AFTER grp;
INSERT INTO c70_t (id,grp,c,k,j,l,h) VALUES (21,3,'Ёж','글','カ','ąę','ω');
UPDATE c70_t SET c = CONCAT(c, 'й'), h = 'Ω' WHERE id IN (1, 11, 21);
