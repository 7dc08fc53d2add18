package dev.freshet.flow.capture.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shyiko.mysql.binlog.network.SSLMode;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BinlogTlsTest {
  @Test
  void theDriversModeHoldsForTheBinlogToo() {
    assertThat(BinlogTls.mode(Map.of("sslMode", "VERIFY_CA"))).isEqualTo(SSLMode.VERIFY_CA);
    assertThat(BinlogTls.mode(Map.of("sslMode", "required"))).isEqualTo(SSLMode.REQUIRED);
    assertThat(BinlogTls.mode(Map.of("connectTimeout", "100"))).isEqualTo(SSLMode.DISABLED);
  }

  @Test
  void keyStoresAreNamedByUrlOrPath() {
    assertThat(BinlogTls.path("file:///etc/ca%20one.p12")).isEqualTo(Path.of("/etc/ca one.p12"));
    assertThat(BinlogTls.path("/etc/client.p12")).isEqualTo(Path.of("/etc/client.p12"));
  }
}
