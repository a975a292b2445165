#!/bin/bash
# Run once, by the database's image, on an empty volume: makes the role of the application, which owns its database and is no superuser, and the
# extension, which only a superuser may make.
set -euo pipefail
: "${YUTU_DB_PASSWORD:?}"
role=${YUTU_DB_ROLE:-yutu}
# The password is no argument of a command, where others on the machine could read it.
psql -v ON_ERROR_STOP=1 -v role="$role" -v base="$POSTGRES_DB" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --no-psqlrc --quiet <<'SQL'
\getenv secret YUTU_DB_PASSWORD
set password_encryption = 'scram-sha-256';
create role :"role" login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'secret';
alter database :"base" owner to :"role";
revoke all on database :"base" from public;
create extension if not exists postgis;
SQL
