-- After each migrate, as prm_owner: history is written by the tables' owner alone, so that nobody can forge it.
DO $$
DECLARE
    trigger_function regprocedure;
    event_table regclass;
BEGIN
    FOR trigger_function IN
        SELECT DISTINCT tgfoid::regprocedure FROM pg_trigger WHERE tgname LIKE 'pgtrigger\_%'
    LOOP
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp', trigger_function);
    END LOOP;
    -- Event tables are those that pghistory gives its column pgh_created_at.
    FOR event_table IN
        SELECT attrelid::regclass FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE attname = 'pgh_created_at' AND relkind = 'r' AND NOT attisdropped
    LOOP
        EXECUTE format(
            'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON %s FROM prm_app, prm_staff, prm_partner, prm_platform', event_table
        );
    END LOOP;
END
$$;
