-- The database roles of the portal. Run by a superuser, once per PostgreSQL server; running it again changes nothing.
-- PostgreSQL 15 to 18. What each role is for: DESIGN.md, "Isolation", and docs/operations.md.
DO $$
DECLARE
    role_name text;
    inherit_false text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['prm_owner', 'prm_app', 'prm_staff', 'prm_partner', 'prm_platform', 'prm_backup'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I', role_name);
        END IF;
    END LOOP;

    -- Owns the tables and runs migrations; makes the databases of test runs.
    ALTER ROLE prm_owner NOLOGIN NOSUPERUSER CREATEDB NOBYPASSRLS;
    -- The application's login: it owns nothing, and inherits nothing from the roles that it can become.
    ALTER ROLE prm_app LOGIN NOSUPERUSER NOINHERIT NOBYPASSRLS;
    ALTER ROLE prm_staff NOLOGIN NOSUPERUSER NOBYPASSRLS;
    ALTER ROLE prm_partner NOLOGIN NOSUPERUSER NOBYPASSRLS;
    ALTER ROLE prm_platform NOLOGIN NOSUPERUSER NOBYPASSRLS;
    -- Reads everything for pg_dump, which would fail on the policies.
    ALTER ROLE prm_backup LOGIN NOSUPERUSER BYPASSRLS;
    GRANT pg_read_all_data TO prm_backup;

    -- PostgreSQL 16 and later say per membership what 15 says per role.
    IF current_setting('server_version_num')::int >= 160000 THEN
        inherit_false := ' WITH INHERIT FALSE, SET TRUE';
    ELSE
        inherit_false := '';
    END IF;
    FOREACH role_name IN ARRAY ARRAY['prm_owner', 'prm_staff', 'prm_partner', 'prm_platform'] LOOP
        EXECUTE format('GRANT %I TO prm_app', role_name) || inherit_false;
    END LOOP;
END
$$;
