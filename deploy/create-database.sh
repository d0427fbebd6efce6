#!/bin/sh
# Runs once, in the database container's first start, after roles.sql: passwords and the database itself.
set -eu
psql -v ON_ERROR_STOP=1 -v app="$PRM_APP_PASSWORD" -v backup="$PRM_BACKUP_PASSWORD" --username postgres <<'SQL'
ALTER ROLE prm_app PASSWORD :'app';
ALTER ROLE prm_backup PASSWORD :'backup';
CREATE DATABASE prm OWNER prm_owner;
SQL
