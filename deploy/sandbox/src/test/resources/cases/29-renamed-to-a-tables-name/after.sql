INSERT INTO c29_city VALUES (91,1,'pisa');
