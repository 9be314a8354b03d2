-- The account of function {word}. Run it in database {database} as a superuser, as
-- often as you like: it brings an account that is there to what stands here, and
-- hands over tables that another account made in the function's schema.

-- Nobody may do anything here but whom we name.
REVOKE ALL ON DATABASE "{database}" FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;

DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{word}') THEN
    CREATE ROLE "{word}";
  END IF;
END $$;
ALTER ROLE "{word}" WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  CONNECTION LIMIT {connections} PASSWORD '{password}';
-- No delivery may take longer than 300 s, so no statement has business to.
ALTER ROLE "{word}" SET statement_timeout = '300s';
-- A transaction holds rows that other deliveries wait for, and is short.
ALTER ROLE "{word}" SET idle_in_transaction_session_timeout = '60s';
GRANT CONNECT ON DATABASE "{database}" TO "{word}";

-- The function makes its tables itself, in a schema that is its own.
CREATE SCHEMA IF NOT EXISTS "{word}";
ALTER SCHEMA "{word}" OWNER TO "{word}";
REVOKE ALL ON SCHEMA "{word}" FROM PUBLIC;
DO $$ DECLARE made text; BEGIN
  FOR made IN SELECT quote_ident(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = '{word}' AND c.relkind IN ('r', 'p') AND c.relowner <> (SELECT oid FROM pg_roles WHERE rolname = '{word}')
  LOOP
    EXECUTE 'ALTER TABLE "{word}".' || made || ' OWNER TO "{word}"';
  END LOOP;
END $$;
