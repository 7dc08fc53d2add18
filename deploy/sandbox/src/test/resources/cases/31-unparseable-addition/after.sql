INSERT INTO c31_t (id,grp,a,loc) VALUES (91,3,13,ST_GeomFromText('POINT(1 2)',4326));
