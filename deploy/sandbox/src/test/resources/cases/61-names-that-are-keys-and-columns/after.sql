INSERT INTO c61_city VALUES (91,1,'pisa',5);
UPDATE c61_country SET name = LOWER(name);
