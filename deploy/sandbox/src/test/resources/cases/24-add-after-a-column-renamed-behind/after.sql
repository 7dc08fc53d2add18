INSERT INTO c24_t (id,grp,a,note2,extra,b) VALUES (91,3,1,2,3,4);
