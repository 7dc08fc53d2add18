#!/usr/bin/env bash
# Creates the sample's tables, and the accounts that `freshet grants` prints. The reader reads all of
# the database, so that other views can be tried. The image sources this file or runs it.
set -euo pipefail
export MYSQL_PWD
MYSQL_PWD=$(< /run/secrets/mysql-root)
for script in /docker-entrypoint-initdb.d/tables/*.sql; do
  mysql --user=root --socket=/var/run/mysqld/mysqld.sock sample < "$script"
done
mysql --user=root --socket=/var/run/mysqld/mysqld.sock << SQL
CREATE USER 'freshet_job'@'%' IDENTIFIED BY '$(< /run/secrets/mysql)';
GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'freshet_job'@'%';
GRANT SELECT ON sample.* TO 'freshet_job'@'%';
CREATE USER 'freshet_reader'@'%' IDENTIFIED BY '$(< /run/secrets/mysql-reader)';
GRANT SELECT ON sample.* TO 'freshet_reader'@'%';
SQL
