package dev.freshet.servers;

/**
 * The passwords of a MySQL server's accounts.
 *
 * @param root the password of {@link MySqlAccount#ROOT}
 * @param application the password of {@link MySqlAccount#APPLICATION}
 * @param job the password of {@link MySqlAccount#JOB}
 * @param reader the password of {@link MySqlAccount#READER}
 */
public record MySqlPasswords(String root, String application, String job, String reader) {
  public MySqlPasswords {
    Passwords.required("MySQL root", root);
    Passwords.required("MySQL application", application);
    Passwords.required("MySQL job", job);
    Passwords.required("MySQL reader", reader);
  }

  public static MySqlPasswords generate() {
    return new MySqlPasswords(
        Passwords.generate(), Passwords.generate(), Passwords.generate(), Passwords.generate());
  }

  public String of(MySqlAccount account) {
    return switch (account) {
      case ROOT -> root;
      case APPLICATION -> application;
      case JOB -> job;
      case READER -> reader;
    };
  }

  @Override
  public String toString() {
    return "MySqlPasswords[…]";
  }
}
