-- What was paid at a store, newest first, and for which film, where it was for one.
CREATE MATERIALIZED TABLE payments_of_store (
  PRIMARY KEY (store_id, payment_id) NOT ENFORCED
)
PARTITIONED BY (store_id)
WITH ('populate' = 'eager')
FRESHNESS = INTERVAL '5' SECOND
AS SELECT s.store_id, p.payment_id, p.payment_date, p.amount, p.last_update, s.first_name AS cashier,
          c.last_name AS customer, r.return_date, f.title
   FROM payment p
   JOIN staff s          ON s.staff_id = p.staff_id
   JOIN store st         ON st.store_id = s.store_id
   JOIN customer c       ON c.customer_id = p.customer_id
   LEFT JOIN rental r    ON r.rental_id = p.rental_id
   LEFT JOIN inventory i ON i.inventory_id = r.inventory_id
   LEFT JOIN film f      ON f.film_id = i.film_id
   WHERE p.amount > 0.99 AND s.active
   ORDER BY payment_date DESC
