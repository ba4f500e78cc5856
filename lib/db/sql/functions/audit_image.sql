-- A row as the trail keeps it: of bytes their SHA-256, of a secret only that there is one.
create or replace function audit_image(whole jsonb, secrets text[], bytes text[]) RETURNS jsonb IMMUTABLE LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY bytes LOOP
    IF whole ->> name IS NOT NULL THEN
      whole := jsonb_set(whole, ARRAY[name], to_jsonb('sha256:' || encode(sha256((whole ->> name)::bytea), 'hex')));
    END IF;
  END LOOP;
  FOREACH name IN ARRAY secrets LOOP
    IF whole ->> name IS NOT NULL THEN whole := jsonb_set(whole, ARRAY[name], '"(secret)"'); END IF;
  END LOOP;
  RETURN whole;
END $$;
