INSERT INTO c67_t (id,grp,status,tags) VALUES (91,4,'it''s','d,ü'),(92,4,'on-hold','a');
