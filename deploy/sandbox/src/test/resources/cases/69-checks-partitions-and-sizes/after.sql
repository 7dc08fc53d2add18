INSERT INTO c69_t (id,grp,a) VALUES (91,4,16);
