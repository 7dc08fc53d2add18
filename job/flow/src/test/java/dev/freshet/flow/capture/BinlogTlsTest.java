package dev.freshet.flow.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class BinlogTlsTest {
  @Test
  void saysTheDriversTlsInTheBinlogClientsWords() {
    assertThat(
            BinlogTls.of(
                Map.of(
                    "sslMode", "VERIFY_CA",
                    "trustCertificateKeyStoreUrl", "file:///etc/ca.p12",
                    "trustCertificateKeyStorePassword", "hush",
                    "clientCertificateKeyStoreUrl", "/etc/client.p12",
                    "connectTimeout", "100")))
        .isEqualTo(
            Map.of(
                "database.ssl.mode", "verify_ca",
                "database.ssl.truststore", "/etc/ca.p12",
                "database.ssl.truststore.password", "hush",
                "database.ssl.keystore", "/etc/client.p12"));
  }

  @Test
  void saysNothingOfWhatIsNotSaid() {
    assertThat(BinlogTls.of(Map.of("connectTimeout", "100"))).isEmpty();
  }
}
