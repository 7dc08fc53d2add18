ALTER TABLE c61_other RENAME KEY ka TO c61_city, RENAME INDEX kb TO `c61_country`;
INSERT INTO c61_city VALUES (3,1,'bari',3);
ALTER TABLE c61_city RENAME KEY ix TO c61_country;
ALTER TABLE c61_city RENAME COLUMN zip TO c61_country;
INSERT INTO c61_city VALUES (4,2,'bodø',4);
alter table c61_other rename column a to c61_city, rename column b to C61_COUNTRY;
ALTER TABLE c61_other RENAME AS c61_was_other;
UPDATE c61_country SET name = UPPER(name);
