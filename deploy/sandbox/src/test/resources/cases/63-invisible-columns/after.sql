INSERT INTO c63_t (id,grp,hidden,label) VALUES (91,4,16,'late');
