INSERT INTO c28_order (id,grp,a,b) VALUES (91,1,13,23);
