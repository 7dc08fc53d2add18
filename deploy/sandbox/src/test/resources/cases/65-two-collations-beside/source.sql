CREATE TABLE c65_t (id INT NOT NULL PRIMARY KEY, grp INT NOT NULL, e ENUM('a','b') CHARACTER SET latin1, s SET('x','y') CHARACTER SET utf8mb4, f ENUM('c','d') COLLATE utf8mb4_bin);
CREATE TABLE c65_beside (id INT NOT NULL PRIMARY KEY, e ENUM('a','b') CHARACTER SET latin1, f ENUM('c','ü') CHARACTER SET utf8mb4, s SET('x') CHARACTER SET gbk, t SET('y') CHARACTER SET cp1251);
INSERT INTO c65_t VALUES (1,1,'a','x','c'),(2,1,'b','x,y','d');
INSERT INTO c65_beside VALUES (1,'a','ü','x','y');
