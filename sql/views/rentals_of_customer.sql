-- What a customer rented, newest first: two chains of joins that begin at the rental.
CREATE MATERIALIZED TABLE rentals_of_customer (
  PRIMARY KEY (customer_id, rental_id) NOT ENFORCED
)
PARTITIONED BY (customer_id)
WITH ('populate' = 'eager')
FRESHNESS = INTERVAL '5' SECOND
AS SELECT r.customer_id, r.rental_id, r.rental_date, r.return_date, f.title, l.name AS spoken,
          c.first_name, c.last_name, a.address, ci.city
   FROM rental r
   JOIN inventory i  ON i.inventory_id = r.inventory_id
   JOIN film f       ON f.film_id = i.film_id
   JOIN `language` l ON l.language_id = f.language_id
   JOIN customer c   ON c.customer_id = r.customer_id
   JOIN address a    ON a.address_id = c.address_id
   JOIN city ci      ON ci.city_id = a.city_id
   ORDER BY rental_date DESC
