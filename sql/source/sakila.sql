-- The tables, keys and types of MySQL's sample database sakila: a chain of film rental shops.
-- Its foreign keys cascade updates, which MySQL does not log; here they restrict. Left out are its
-- views, procedures and triggers, and film_text, which only triggers fill.
SET foreign_key_checks = 0;

CREATE TABLE actor (
  actor_id    SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT,
  first_name  VARCHAR(45) NOT NULL,
  last_name   VARCHAR(45) NOT NULL,
  last_update TIMESTAMP   NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (actor_id),
  KEY idx_actor_last_name (last_name)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE country (
  country_id  SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT,
  country     VARCHAR(50) NOT NULL,
  last_update TIMESTAMP   NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (country_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE city (
  city_id     SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT,
  city        VARCHAR(50)       NOT NULL,
  country_id  SMALLINT UNSIGNED NOT NULL,
  last_update TIMESTAMP         NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (city_id),
  KEY idx_fk_country_id (country_id),
  CONSTRAINT fk_city_country FOREIGN KEY (country_id) REFERENCES country (country_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE address (
  address_id  SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT,
  address     VARCHAR(50)       NOT NULL,
  address2    VARCHAR(50),
  district    VARCHAR(20)       NOT NULL,
  city_id     SMALLINT UNSIGNED NOT NULL,
  postal_code VARCHAR(10),
  phone       VARCHAR(20)       NOT NULL,
  location    GEOMETRY          NOT NULL SRID 0,
  last_update TIMESTAMP         NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (address_id),
  KEY idx_fk_city_id (city_id),
  SPATIAL KEY idx_location (location),
  CONSTRAINT fk_address_city FOREIGN KEY (city_id) REFERENCES city (city_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE category (
  category_id TINYINT UNSIGNED NOT NULL AUTO_INCREMENT,
  name        VARCHAR(25)      NOT NULL,
  last_update TIMESTAMP        NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (category_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE language (
  language_id TINYINT UNSIGNED NOT NULL AUTO_INCREMENT,
  name        CHAR(20)         NOT NULL,
  last_update TIMESTAMP        NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (language_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE staff (
  staff_id    TINYINT UNSIGNED  NOT NULL AUTO_INCREMENT,
  first_name  VARCHAR(45)       NOT NULL,
  last_name   VARCHAR(45)       NOT NULL,
  address_id  SMALLINT UNSIGNED NOT NULL,
  picture     BLOB,
  email       VARCHAR(50),
  store_id    TINYINT UNSIGNED  NOT NULL,
  active      BOOLEAN           NOT NULL DEFAULT TRUE,
  username    VARCHAR(16)       NOT NULL,
  password    VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  last_update TIMESTAMP         NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (staff_id),
  KEY idx_fk_store_id (store_id),
  KEY idx_fk_address_id (address_id),
  CONSTRAINT fk_staff_store FOREIGN KEY (store_id) REFERENCES store (store_id),
  CONSTRAINT fk_staff_address FOREIGN KEY (address_id) REFERENCES address (address_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE store (
  store_id         TINYINT UNSIGNED  NOT NULL AUTO_INCREMENT,
  manager_staff_id TINYINT UNSIGNED  NOT NULL,
  address_id       SMALLINT UNSIGNED NOT NULL,
  last_update      TIMESTAMP         NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (store_id),
  UNIQUE KEY idx_unique_manager (manager_staff_id),
  KEY idx_fk_address_id (address_id),
  CONSTRAINT fk_store_staff FOREIGN KEY (manager_staff_id) REFERENCES staff (staff_id),
  CONSTRAINT fk_store_address FOREIGN KEY (address_id) REFERENCES address (address_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE customer (
  customer_id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT,
  store_id    TINYINT UNSIGNED  NOT NULL,
  first_name  VARCHAR(45)       NOT NULL,
  last_name   VARCHAR(45)       NOT NULL,
  email       VARCHAR(50),
  address_id  SMALLINT UNSIGNED NOT NULL,
  active      BOOLEAN           NOT NULL DEFAULT TRUE,
  create_date DATETIME          NOT NULL,
  last_update TIMESTAMP         DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (customer_id),
  KEY idx_fk_store_id (store_id),
  KEY idx_fk_address_id (address_id),
  KEY idx_last_name (last_name),
  CONSTRAINT fk_customer_address FOREIGN KEY (address_id) REFERENCES address (address_id),
  CONSTRAINT fk_customer_store FOREIGN KEY (store_id) REFERENCES store (store_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE film (
  film_id              SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT,
  title                VARCHAR(128)      NOT NULL,
  description          TEXT,
  release_year         YEAR,
  language_id          TINYINT UNSIGNED  NOT NULL,
  original_language_id TINYINT UNSIGNED,
  rental_duration      TINYINT UNSIGNED  NOT NULL DEFAULT 3,
  rental_rate          DECIMAL(4, 2)     NOT NULL DEFAULT 4.99,
  length               SMALLINT UNSIGNED,
  replacement_cost     DECIMAL(5, 2)     NOT NULL DEFAULT 19.99,
  rating               ENUM('G', 'PG', 'PG-13', 'R', 'NC-17') DEFAULT 'G',
  special_features     SET('Trailers', 'Commentaries', 'Deleted Scenes', 'Behind the Scenes'),
  last_update          TIMESTAMP         NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (film_id),
  KEY idx_title (title),
  KEY idx_fk_language_id (language_id),
  KEY idx_fk_original_language_id (original_language_id),
  CONSTRAINT fk_film_language FOREIGN KEY (language_id) REFERENCES language (language_id),
  CONSTRAINT fk_film_language_original FOREIGN KEY (original_language_id) REFERENCES language (language_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE film_actor (
  actor_id    SMALLINT UNSIGNED NOT NULL,
  film_id     SMALLINT UNSIGNED NOT NULL,
  last_update TIMESTAMP         NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (actor_id, film_id),
  KEY idx_fk_film_id (film_id),
  CONSTRAINT fk_film_actor_actor FOREIGN KEY (actor_id) REFERENCES actor (actor_id),
  CONSTRAINT fk_film_actor_film FOREIGN KEY (film_id) REFERENCES film (film_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE film_category (
  film_id     SMALLINT UNSIGNED NOT NULL,
  category_id TINYINT UNSIGNED  NOT NULL,
  last_update TIMESTAMP         NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (film_id, category_id),
  CONSTRAINT fk_film_category_film FOREIGN KEY (film_id) REFERENCES film (film_id),
  CONSTRAINT fk_film_category_category FOREIGN KEY (category_id) REFERENCES category (category_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE inventory (
  inventory_id MEDIUMINT UNSIGNED NOT NULL AUTO_INCREMENT,
  film_id      SMALLINT UNSIGNED  NOT NULL,
  store_id     TINYINT UNSIGNED   NOT NULL,
  last_update  TIMESTAMP          NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (inventory_id),
  KEY idx_fk_film_id (film_id),
  KEY idx_store_id_film_id (store_id, film_id),
  CONSTRAINT fk_inventory_store FOREIGN KEY (store_id) REFERENCES store (store_id),
  CONSTRAINT fk_inventory_film FOREIGN KEY (film_id) REFERENCES film (film_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE rental (
  rental_id    INT                NOT NULL AUTO_INCREMENT,
  rental_date  DATETIME           NOT NULL,
  inventory_id MEDIUMINT UNSIGNED NOT NULL,
  customer_id  SMALLINT UNSIGNED  NOT NULL,
  return_date  DATETIME,
  staff_id     TINYINT UNSIGNED   NOT NULL,
  last_update  TIMESTAMP          NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (rental_id),
  UNIQUE KEY rental_date (rental_date, inventory_id, customer_id),
  KEY idx_fk_inventory_id (inventory_id),
  KEY idx_fk_customer_id (customer_id),
  KEY idx_fk_staff_id (staff_id),
  CONSTRAINT fk_rental_staff FOREIGN KEY (staff_id) REFERENCES staff (staff_id),
  CONSTRAINT fk_rental_inventory FOREIGN KEY (inventory_id) REFERENCES inventory (inventory_id),
  CONSTRAINT fk_rental_customer FOREIGN KEY (customer_id) REFERENCES customer (customer_id)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE payment (
  payment_id   SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT,
  customer_id  SMALLINT UNSIGNED NOT NULL,
  staff_id     TINYINT UNSIGNED  NOT NULL,
  rental_id    INT,
  amount       DECIMAL(5, 2)     NOT NULL,
  payment_date DATETIME          NOT NULL,
  last_update  TIMESTAMP         DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (payment_id),
  KEY idx_fk_staff_id (staff_id),
  KEY idx_fk_customer_id (customer_id),
  CONSTRAINT fk_payment_rental FOREIGN KEY (rental_id) REFERENCES rental (rental_id),
  CONSTRAINT fk_payment_customer FOREIGN KEY (customer_id) REFERENCES customer (customer_id),
  CONSTRAINT fk_payment_staff FOREIGN KEY (staff_id) REFERENCES staff (staff_id)
) DEFAULT CHARSET = utf8mb4;

SET foreign_key_checks = 1;
