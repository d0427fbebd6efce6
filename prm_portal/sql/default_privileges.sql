-- Before each migrate, as prm_owner: what the roles may do with the tables to come. Owned tables then take it back and put
-- their own grants and policies on (tenancy.isolate).
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO prm_app, prm_platform;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO prm_app, prm_staff, prm_partner, prm_platform;
GRANT USAGE ON SCHEMA public TO prm_app, prm_staff, prm_partner, prm_platform;
