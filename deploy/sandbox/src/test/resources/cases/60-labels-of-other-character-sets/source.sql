CREATE TABLE c60_t (id INT NOT NULL PRIMARY KEY, grp INT NOT NULL,
  l ENUM('é','a\\b','it''s','Ã©',',') CHARACTER SET latin1,
  g ENUM('中国','a,b','"') CHARACTER SET gbk,
  c SET('да','нет','\\','(x)') CHARACTER SET cp1251,
  u SET('😀','b''','%_') CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  b ENUM('A','B') CHARACTER SET ascii COLLATE ascii_bin) DEFAULT CHARSET utf8mb4;
INSERT INTO c60_t VALUES (1,1,1,1,1,1,1),(2,1,2,2,2,2,2),(3,1,3,3,4,4,1),(4,1,4,1,8,7,2),(5,1,5,2,15,3,NULL),(6,1,NULL,NULL,NULL,NULL,NULL);
