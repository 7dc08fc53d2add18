package dev.freshet.flow.capture.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shyiko.mysql.binlog.network.ServerException;
import io.debezium.DebeziumException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class LostConnectionTest {
  @Test
  void aServerThatIsNotReachedOrGoesAwayMayComeBack() {
    assertThat(LostConnection.is(wrapped(new ConnectException("refused")))).isTrue();
    assertThat(LostConnection.is(wrapped(new SocketTimeoutException("silent")))).isTrue();
    assertThat(LostConnection.is(wrapped(new EOFException()))).isTrue();
    assertThat(LostConnection.is(wrapped(new SQLException("link failure", "08S01")))).isTrue();
    assertThat(LostConnection.is(wrapped(new SQLException("too many", "08004")))).isTrue();
    assertThat(LostConnection.is(new SQLException("a lock is waited for", "HY000", 1205))).isTrue();
  }

  @Test
  void whatMysqlAndTheReaderSayStays() {
    IOException purged = new ServerException("binlogs were purged", 1236, "HY000");
    assertThat(LostConnection.is(wrapped(purged))).isFalse();
    assertThat(LostConnection.is(wrapped(new SQLException("denied", "28000")))).isFalse();
    assertThat(LostConnection.is(wrapped(new SourceFault("a table is gone")))).isFalse();
    assertThat(LostConnection.is(new IllegalStateException("no longer available"))).isFalse();
  }

  @Test
  void theCauseIsTheInnermostMessagesFirstLine() {
    assertThat(LostConnection.cause(wrapped(new EOFException()))).isEqualTo("EOFException");
    assertThat(LostConnection.cause(wrapped(new ConnectException("refused\nby all"))))
        .isEqualTo("refused");
  }

  private static Throwable wrapped(Throwable cause) {
    return new DebeziumException("the reader failed", new IOException("outer", cause));
  }
}
