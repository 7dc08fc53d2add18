UPDATE `c62_Order` SET note = 'late' WHERE id = 2;
INSERT INTO `c62_order` VALUES (91,3,14);
