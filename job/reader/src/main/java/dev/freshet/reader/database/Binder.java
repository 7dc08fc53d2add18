package dev.freshet.reader.database;

import dev.freshet.reader.answer.Question;
import dev.freshet.view.Column;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.JdbcValues;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Binds the values of queries to a statement's parameters, from left to right. */
final class Binder {
  private final JdbcValues values;
  private final PreparedStatement statement;
  private Question question;
  private ViewPlan plan;
  private int index;

  Binder(JdbcValues values, PreparedStatement statement) {
    this.values = values;
    this.statement = statement;
  }

  /** Makes the following calls bind the values of this query. */
  Binder of(Question next) {
    question = next;
    plan = next.view().plan();
    return this;
  }

  /** Binds the key's values in declared order. */
  void key() throws SQLException {
    List<Column> columns = plan.keyColumnList();
    for (int i = 0; i < columns.size(); i++) {
      values.bindKey(statement, ++index, columns.get(i), question.key().get(i));
    }
  }

  /** Binds the bounds that the question gives. */
  void bounds() throws SQLException {
    for (int i = 0; i < plan.bounds().size(); i++) {
      if (question.bounds().get(i).isPresent()) {
        value(plan.bounds().get(i).output(), question.bounds().get(i).get());
      }
    }
  }

  /** Binds the values of the cursor at these positions. */
  void after(List<Integer> positions) throws SQLException {
    List<Object> after = question.after().orElseThrow();
    for (int position : positions) {
      value(plan.order().get(position).output(), after.get(position));
    }
  }

  void number(int number) throws SQLException {
    statement.setInt(++index, number);
  }

  void text(String text) throws SQLException {
    statement.setString(++index, text);
  }

  private void value(int output, Object value) throws SQLException {
    ValueType type = plan.outputs().get(output).column().type();
    values.bind(statement, ++index, type, value);
  }
}
