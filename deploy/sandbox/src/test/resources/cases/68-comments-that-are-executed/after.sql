INSERT INTO c68_t (id,grp,a,b) VALUES (91,3,15,25);
