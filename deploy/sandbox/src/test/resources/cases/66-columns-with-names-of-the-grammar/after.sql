INSERT INTO c66_t (id,grp,array,returning,geometry,following) VALUES (91,3,15,'f',25,35);
