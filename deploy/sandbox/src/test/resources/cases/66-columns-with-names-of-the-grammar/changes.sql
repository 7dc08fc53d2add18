INSERT INTO c66_t VALUES (3,1,12,'c',22,32);
ALTER TABLE c66_t ADD COLUMN preceding INT FIRST, ADD COLUMN member INT AFTER array;
INSERT INTO c66_t (id,grp,array,returning,geometry,following,preceding,member) VALUES (4,2,13,'d',23,33,1,2);
ALTER TABLE c66_t DROP COLUMN member, ADD COLUMN active INT AFTER geometry;
ALTER TABLE c66_t RENAME COLUMN preceding TO ordinality;
UPDATE c66_t SET array = array + 100, following = following + 1 WHERE id IN (1, 4);
ALTER TABLE c66_t ADD COLUMN thread_priority INT, ADD COLUMN resource POINT SRID 4326, ADD COLUMN vcpu INT INVISIBLE FIRST;
INSERT INTO c66_t (id,grp,array,returning,geometry,following) VALUES (5,3,14,'e',24,34);
