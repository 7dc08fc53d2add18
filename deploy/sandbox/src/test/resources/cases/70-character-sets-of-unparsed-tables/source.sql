CREATE TABLE c70_t (id INT NOT NULL PRIMARY KEY, grp INT NOT NULL, c VARCHAR(20) CHARACTER SET cp1251, k VARCHAR(20) CHARACTER SET euckr, j TEXT CHARACTER SET sjis, l CHAR(10) CHARACTER SET latin2, h VARCHAR(20) CHARACTER SET greek,
  m VARCHAR(60) AS (REPEAT(c, 2)) VIRTUAL, n INT AS (c LIKE 'a!%' ESCAPE '!') STORED);
INSERT INTO c70_t (id,grp,c,k,j,l,h) VALUES (1,1,'Привет','한국','日本','łódź','αβγ'),(2,1,'plain','plain','plain','plain','plain'),(3,1,NULL,NULL,NULL,NULL,NULL);
