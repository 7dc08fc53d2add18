INSERT INTO c10_text (id,grp,l1,gb,code) VALUES (91,5,'Ã©Â£','中国','zz00');
