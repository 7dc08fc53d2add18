-- The films an actor plays in, the dearest first; one table is joined twice.
CREATE MATERIALIZED TABLE films_of_actor (
  PRIMARY KEY (actor_id, film_id) NOT ENFORCED
)
PARTITIONED BY (actor_id)
WITH ('populate' = 'eager')
FRESHNESS = INTERVAL '5' SECOND
AS SELECT fa.actor_id, fa.film_id, a.first_name, a.last_name, f.title, f.release_year, f.rental_rate,
          f.rating, f.special_features, l.name AS spoken, o.name AS original
   FROM film_actor fa
   JOIN actor a           ON a.actor_id = fa.actor_id
   JOIN film f            ON f.film_id = fa.film_id
   JOIN `language` l      ON l.language_id = f.language_id
   LEFT JOIN `language` o ON o.language_id = f.original_language_id
   WHERE f.`length` BETWEEN 60 AND 150 OR f.`length` IS NULL
   ORDER BY rental_rate DESC
