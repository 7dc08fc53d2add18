CREATE TABLE c67_t (id INT NOT NULL PRIMARY KEY, grp INT NOT NULL, status ENUM('open','closed') NOT NULL, tags SET('a','b''c'));
INSERT INTO c67_t VALUES (1,1,'open','a'),(2,1,'closed','a,b''c'),(3,2,'open',NULL);
