INSERT INTO c13_doc (id,grp,secret,e,st,title) VALUES (91,3,77,'b,c','x','late');
