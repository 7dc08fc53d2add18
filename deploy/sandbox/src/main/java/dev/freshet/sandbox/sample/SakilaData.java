package dev.freshet.sandbox.sample;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Random;

/**
 * The film rental shops of the sample source, in the proportions of MySQL's sample database sakila:
 * 25 rentals for each customer, each with one payment. The same size and seed produce the same
 * rows.
 */
final class SakilaData {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
  private static final LocalDateTime START = LocalDateTime.of(2005, 5, 24, 22, 53);
  private static final int RENTALS = 25;
  private static final int STORES = 2;
  private static final String[] LANGUAGES = {
    "English", "Italian", "Japanese", "Mandarin", "French", "German"
  };
  private static final String[] CATEGORIES = {"Action", "Children", "Comedy", "Drama", "Music"};
  private static final String[] RATINGS = {"G", "PG", "PG-13", "R", "NC-17", null};
  private static final String[] FEATURES = {
    "Trailers", "Trailers,Commentaries", "Deleted Scenes,Behind the Scenes", "", null
  };
  private static final String[] FIRST = {"PENELOPE", "NICK", "ED", "JENNIFER", "GRACE", "BETTE"};
  private static final String[] LAST = {"GUINESS", "WAHLBERG", "CHASE", "DAVIS", "NICHOLSON"};
  private static final String[] TITLE = {"ACADEMY", "DINOSAUR", "AFRICAN", "EGG", "ALONE", "TRIP"};

  private final Connection connection;
  private final Random random = new Random();

  SakilaData(Connection connection) {
    this.connection = connection;
  }

  /** Fills the empty tables in one transaction. Returns the number of rentals. */
  long fill(int customers, long seed) throws SQLException {
    random.setSeed(seed);
    int films = Math.min(1_000, 20 + customers);
    boolean before = connection.getAutoCommit();
    connection.setAutoCommit(false);
    checks(false);
    places(customers + 2 * STORES);
    shops();
    films(films);
    customers(customers);
    rentals(customers, films * 3);
    checks(true);
    connection.commit();
    connection.setAutoCommit(before);
    return (long) customers * RENTALS;
  }

  /** Switches foreign key checks, because stores and staff reference each other. */
  private void checks(boolean on) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET foreign_key_checks = " + (on ? 1 : 0));
    }
  }

  private void places(int addresses) throws SQLException {
    int cities = Math.max(3, addresses / 4);
    int countries = Math.max(2, cities / 5);
    try (InsertBatch rows = batch("country (country_id, country)", 2)) {
      for (int id = 1; id <= countries; id++) {
        rows.add(id, "Country " + id);
      }
    }
    try (InsertBatch rows = batch("city (city_id, city, country_id)", 3)) {
      for (int id = 1; id <= cities; id++) {
        rows.add(id, "City " + id, among(countries));
      }
    }
    try (InsertBatch rows =
        new InsertBatch(
            connection,
            "INSERT INTO address (address_id, address, district, city_id, phone, location)"
                + " VALUES (?, ?, ?, ?, ?, POINT(?, ?))")) {
      for (int id = 1; id <= addresses; id++) {
        rows.add(
            id,
            among(999) + " Long Street",
            "District " + among(9),
            among(cities),
            "" + (100_000 + id),
            among(360) - 180,
            among(180) - 90);
      }
    }
  }

  private void shops() throws SQLException {
    try (InsertBatch stores = batch("store (store_id, manager_staff_id, address_id)", 3);
        InsertBatch staff =
            batch("staff (staff_id, first_name, last_name, address_id, store_id, username)", 6)) {
      for (int id = 1; id <= STORES; id++) {
        stores.add(id, id, id);
      }
      for (int id = 1; id <= 2 * STORES; id++) {
        staff.add(id, pick(FIRST), pick(LAST), id, 1 + id % STORES, "staff" + id);
      }
    }
  }

  private void films(int films) throws SQLException {
    int actors = Math.max(5, films / 5);
    names("language (language_id, name)", LANGUAGES);
    names("category (category_id, name)", CATEGORIES);
    try (InsertBatch rows = batch("actor (actor_id, first_name, last_name)", 3)) {
      for (int id = 1; id <= actors; id++) {
        rows.add(id, pick(FIRST), pick(LAST));
      }
    }
    try (InsertBatch rows =
            batch(
                "film (film_id, title, description, release_year, language_id,"
                    + " original_language_id, rental_rate, length, rating, special_features)",
                10);
        InsertBatch cast = batch("film_actor (actor_id, film_id)", 2);
        InsertBatch categories = batch("film_category (film_id, category_id)", 2);
        InsertBatch inventory = batch("inventory (inventory_id, film_id, store_id)", 3)) {
      for (int id = 1; id <= films; id++) {
        rows.add(
            id,
            pick(TITLE) + " " + pick(TITLE),
            "A tale of film " + id,
            1990 + among(16),
            among(LANGUAGES.length),
            random.nextInt(3) == 0 ? among(LANGUAGES.length) : null,
            pick("0.99", "2.99", "4.99"),
            random.nextInt(9) == 0 ? null : 45 + among(140),
            pick(RATINGS),
            pick(FEATURES));
        int first = among(actors);
        for (int i = 0; i < 5; i++) {
          cast.add(1 + (first + i) % actors, id);
        }
        categories.add(id, among(CATEGORIES.length));
        for (int i = 0; i < 3; i++) {
          inventory.add((id - 1) * 3 + i + 1, id, among(STORES));
        }
      }
    }
  }

  private void names(String columns, String[] names) throws SQLException {
    try (InsertBatch rows = batch(columns, 2)) {
      for (int i = 0; i < names.length; i++) {
        rows.add(i + 1, names[i]);
      }
    }
  }

  private void customers(int customers) throws SQLException {
    try (InsertBatch rows =
        batch(
            "customer (customer_id, store_id, first_name, last_name, address_id, create_date)",
            6)) {
      for (int id = 1; id <= customers; id++) {
        rows.add(id, among(STORES), pick(FIRST), pick(LAST), 2 * STORES + id, TIME.format(START));
      }
    }
  }

  private void rentals(int customers, int inventory) throws SQLException {
    try (InsertBatch rentals =
            batch(
                "rental (rental_id, rental_date, inventory_id, customer_id, return_date, staff_id)",
                6);
        InsertBatch payments =
            batch(
                "payment (payment_id, customer_id, staff_id, rental_id, amount, payment_date)",
                6)) {
      for (int id = 1; id <= customers * RENTALS; id++) {
        LocalDateTime from = START.plusSeconds(137L * id);
        int customer = among(customers);
        int staff = among(2 * STORES);
        rentals.add(
            id,
            TIME.format(from),
            among(inventory),
            customer,
            random.nextInt(20) == 0 ? null : TIME.format(from.plusHours(among(200))),
            staff);
        payments.add(
            id,
            customer,
            staff,
            random.nextInt(50) == 0 ? null : id,
            pick("0.99", "2.99", "4.99", "11.99"),
            TIME.format(from));
      }
    }
  }

  private InsertBatch batch(String columns, int count) throws SQLException {
    String places = "?, ".repeat(count - 1) + "?";
    return new InsertBatch(connection, "INSERT INTO " + columns + " VALUES (" + places + ")");
  }

  private int among(int count) {
    return 1 + random.nextInt(count);
  }

  private String pick(String... values) {
    return values[random.nextInt(values.length)];
  }
}
