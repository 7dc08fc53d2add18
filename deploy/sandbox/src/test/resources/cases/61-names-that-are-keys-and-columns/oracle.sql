SELECT c.land, c.id, c.name, y.name AS country FROM c61_city c JOIN c61_country y ON y.id = c.land ORDER BY c.land, c.id
