ALTER TABLE c67_t MODIFY status ENUM('open','closed','on-hold') NOT NULL;
INSERT INTO c67_t VALUES (4,2,'on-hold','a');
UPDATE c67_t SET status = 'on-hold' WHERE id = 1;
ALTER TABLE c67_t MODIFY COLUMN tags SET('a','b''c','d','ü'), ALGORITHM=INSTANT;
INSERT INTO c67_t VALUES (5,3,'closed','a,ü');
-- The column's first ALTER is read before its second: two at once may end the view.
-- @sleep 1
ALTER TABLE c67_t CHANGE status status ENUM('open','closed','on-hold','it''s') NOT NULL, ADD COLUMN more INT FIRST;
INSERT INTO c67_t (id,grp,status,tags,more) VALUES (6,3,'it''s','ü',1);
