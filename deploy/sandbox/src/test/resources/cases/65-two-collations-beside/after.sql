INSERT INTO c65_beside VALUES (91,'a','ü','x','y');
INSERT INTO c65_t VALUES (91,3,'a','','c');
