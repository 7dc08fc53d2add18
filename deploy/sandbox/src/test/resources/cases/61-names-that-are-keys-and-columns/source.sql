CREATE TABLE c61_country (id INT NOT NULL PRIMARY KEY, name VARCHAR(20) NOT NULL);
CREATE TABLE c61_city (id INT NOT NULL PRIMARY KEY, land INT NOT NULL, name VARCHAR(20) NOT NULL, zip INT, KEY ix (land));
CREATE TABLE c61_other (id INT NOT NULL PRIMARY KEY, a INT, b INT, KEY ka (a), KEY kb (b));
INSERT INTO c61_country VALUES (1,'it'),(2,'no');
INSERT INTO c61_city VALUES (1,1,'rome',1),(2,2,'oslo',2);
