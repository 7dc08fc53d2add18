package dev.freshet.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MySqlDistributionTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mysqld|9.7.4-2 for Linux on x86_64 ((Debian))|9.7.4-2",
        "bin/mysqld|8.0.33 for Linux on x86_64 (MySQL Community Server - GPL)|8.0.33",
        "sbin/mysqld|8.4.3 for Linux on aarch64 (Source distribution)|8.4.3"
      })
  void aFolderIsWhatItsServerSaysItIs(String program, String version, String named)
      throws IOException {
    saying(program, version);
    assertThat(MySqlDistribution.version(Home.at(folder), folder)).isEqualTo(named);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5.7.44 for Linux on x86_64 (MySQL Community Server (GPL))",
        "10.11.6-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)"
      })
  void serversThatCannotBeASourceAreRefused(String version) throws IOException {
    saying("mysqld", version);
    assertThatThrownBy(() -> MySqlDistribution.version(Home.at(folder), folder))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining(version)
        .hasMessageContaining("take a MySQL of 8.0 or newer");
  }

  @Test
  void aFolderWithoutAServerIsRefused() throws IOException {
    Files.writeString(folder.resolve("mysqld"), "not executable");
    assertThatThrownBy(() -> MySqlDistribution.version(Home.at(folder), folder))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("name the folder of an installation");
  }

  private void saying(String program, String version) throws IOException {
    Path file = folder.resolve(program);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\necho 'mysqld  Ver " + version + "'\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
