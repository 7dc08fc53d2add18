#!/usr/bin/env bash
# Creates the accounts that `freshet grants` prints.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --username postgres --dbname freshet << SQL
REVOKE ALL ON DATABASE freshet FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE ROLE freshet_job LOGIN PASSWORD '$(< /run/secrets/postgres)';
GRANT CONNECT, CREATE ON DATABASE freshet TO freshet_job;
CREATE SCHEMA freshet AUTHORIZATION freshet_job;
CREATE ROLE freshet_reader LOGIN PASSWORD '$(< /run/secrets/postgres-reader)';
GRANT CONNECT ON DATABASE freshet TO freshet_reader;
GRANT USAGE ON SCHEMA freshet TO freshet_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE freshet_job IN SCHEMA freshet GRANT SELECT ON TABLES TO freshet_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE freshet_job IN SCHEMA freshet GRANT EXECUTE ON FUNCTIONS TO freshet_reader;
SQL
