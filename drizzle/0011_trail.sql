-- The audit trail: who, when, what, old and new, why; each entry holds the hash of the one before it.
-- How it is computed, and what it does not protect against, stands in docs/record.md. Which tables it
-- watches and what the app's role may do stands in lib/db/trail-tables.ts and is put up after all
-- migrations, so that a table of any migration is watched: lib/db/set-up-trail.ts.

CREATE TABLE "audit_log" (
  "seq" bigint PRIMARY KEY,
  "at" timestamp with time zone NOT NULL,
  "by_id" text NOT NULL,
  "by_name" text NOT NULL,
  "by_role" text NOT NULL,
  "login" text NOT NULL,
  "kind" text NOT NULL,
  "table_name" text,
  "row_id" text,
  "device_id" uuid,
  "trial_id" uuid,
  "old" jsonb,
  "new" jsonb,
  "reason" text,
  "previous" text NOT NULL,
  "hash" text NOT NULL
);--> statement-breakpoint
CREATE INDEX "audit_log_by_row" ON "audit_log" USING btree ("table_name", "row_id", "seq");--> statement-breakpoint
CREATE INDEX "audit_log_by_person" ON "audit_log" USING btree ("by_id", "seq");--> statement-breakpoint
CREATE INDEX "audit_log_by_kind" ON "audit_log" USING btree ("kind", "seq");--> statement-breakpoint
CREATE INDEX "audit_log_by_device" ON "audit_log" USING btree ("device_id", "seq") WHERE device_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX "audit_log_by_trial" ON "audit_log" USING btree ("trial_id", "seq") WHERE trial_id IS NOT NULL;--> statement-breakpoint

-- The newest entry, kept beside the chain, so that entries taken off its end are missed.
CREATE TABLE "audit_head" (
  "only" boolean PRIMARY KEY DEFAULT true CHECK ("only"),
  "seq" bigint NOT NULL,
  "hash" text NOT NULL
);--> statement-breakpoint
INSERT INTO audit_head (seq, hash) VALUES (0, repeat('0', 64));--> statement-breakpoint

-- What waits to be entered when its transaction commits; empty otherwise.
CREATE TABLE "audit_queue" (
  "id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  "kind" text NOT NULL,
  "table_name" text,
  "row_id" text,
  "device_id" uuid,
  "trial_id" uuid,
  "data" jsonb,
  "reason" text
);--> statement-breakpoint

-- What set-up-trail.ts has put up, so that it is done again only when something differs.
CREATE TABLE "audit_set_up" (
  "table_name" text PRIMARY KEY,
  "columns" text[] NOT NULL,
  "fingerprint" text NOT NULL
);--> statement-breakpoint

-- A netstring (https://cr.yp.to/proto/netstrings.txt); NULL is a lone "-". Two different entries never give the same text.
CREATE FUNCTION audit_field(value text) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT CASE WHEN value IS NULL THEN '-,' ELSE octet_length(convert_to(value, 'UTF8')) || ':' || value || ',' END
$$;
--> statement-breakpoint
CREATE FUNCTION audit_time(moment timestamptz) RETURNS text STABLE PARALLEL SAFE LANGUAGE sql AS $$
  SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
--> statement-breakpoint

-- The one place that writes an entry. Whoever commits first holds the head until the end of its commit;
-- that lock is always the last a transaction takes, so nobody waits in a ring.
CREATE FUNCTION audit_append(of_kind text, of_table text, of_row text, of_device uuid, of_trial uuid, was jsonb, is_now jsonb, why text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  head audit_head%ROWTYPE;
  last record;
  actor jsonb := nullif(current_setting('oneway.actor', true), '')::jsonb;
  entry audit_log%ROWTYPE;
BEGIN
  SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
  -- Later than the head are only the entries of this very transaction. Where entries were taken off the
  -- end, the chain goes on from the head, so that the hole stays for ever.
  SELECT seq, hash INTO last FROM audit_log WHERE seq > head.seq ORDER BY seq DESC LIMIT 1;
  IF FOUND THEN head.seq := last.seq; head.hash := last.hash; END IF;
  entry.seq := head.seq + 1;
  entry.at := clock_timestamp();
  -- Without an actor it was nobody of the app: the login itself acted, by SQL.
  entry.by_id := coalesce(actor ->> 'id', 'login:' || session_user);
  entry.by_name := coalesce(actor ->> 'name', session_user);
  entry.by_role := coalesce(actor ->> 'role', 'database');
  entry.login := session_user;
  entry.kind := of_kind;
  entry.table_name := of_table;
  entry.row_id := of_row;
  entry.device_id := of_device;
  entry.trial_id := of_trial;
  entry.old := was;
  entry.new := is_now;
  entry.reason := coalesce(why, nullif(current_setting('oneway.reason', true), ''));
  entry.previous := head.hash;
  entry.hash := encode(sha256(convert_to(
    audit_field(entry.seq::text) || audit_field(audit_time(entry.at)) || audit_field(entry.by_id)
    || audit_field(entry.by_name) || audit_field(entry.by_role) || audit_field(entry.login)
    || audit_field(entry.kind) || audit_field(entry.table_name) || audit_field(entry.row_id)
    || audit_field(entry.device_id::text) || audit_field(entry.trial_id::text)
    || audit_field(entry.old::text) || audit_field(entry.new::text) || audit_field(entry.reason)
    || audit_field(entry.previous), 'UTF8')), 'hex');
  INSERT INTO audit_log VALUES (entry.*);
END $$;
--> statement-breakpoint
CREATE FUNCTION audit_move_head() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  -- Once per transaction: for its last entry.
  IF NOT EXISTS (SELECT FROM audit_log WHERE seq = NEW.seq + 1) THEN
    UPDATE audit_head SET seq = NEW.seq, hash = NEW.hash;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER moves_head AFTER INSERT ON audit_log DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_move_head();
--> statement-breakpoint
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER is_never_emptied BEFORE DELETE OR TRUNCATE ON audit_head FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint

-- A row as the trail keeps it: of bytes their SHA-256, of a secret only that there is one.
CREATE FUNCTION audit_image(whole jsonb, secrets text[], bytes text[]) RETURNS jsonb IMMUTABLE LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
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
--> statement-breakpoint
-- Enters one changed row when its transaction commits. Arguments: the columns of the key, those that
-- are secret, those that hold bytes; each a list with commas between.
CREATE FUNCTION audit_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
  after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
  whole jsonb := coalesce(after, before);
  secrets text[] := string_to_array(TG_ARGV[1], ',');
  bytes text[] := string_to_array(TG_ARGV[2], ',');
  name text;
  id text;
  device uuid := CASE WHEN TG_TABLE_NAME = 'devices' THEN whole ->> 'id' ELSE whole ->> 'device_id' END;
  trial uuid := CASE WHEN TG_TABLE_NAME = 'trials' THEN whole ->> 'id' ELSE whole ->> 'trial_id' END;
BEGIN
  FOREACH name IN ARRAY string_to_array(TG_ARGV[0], ',') LOOP
    id := concat_ws('/', id, whole ->> name);
  END LOOP;
  IF trial IS NULL AND TG_TABLE_NAME IN ('readings', 'command_events') THEN
    SELECT c.trial_id, c.device_id INTO trial, device FROM commands c WHERE c.command_uuid = (whole ->> 'command_uuid')::uuid;
    device := coalesce(device, (whole ->> 'device_id')::uuid);
  END IF;
  IF TG_OP = 'UPDATE' THEN
    -- Compared before anything is masked: that a secret changed is seen, from and to NULL too.
    SELECT coalesce(jsonb_object_agg(k, before -> k), '{}'), coalesce(jsonb_object_agg(k, after -> k), '{}') INTO before, after
    FROM jsonb_object_keys(after) k WHERE before -> k IS DISTINCT FROM after -> k;
  END IF;
  PERFORM audit_append(lower(TG_OP), TG_TABLE_NAME, id, device, trial,
    audit_image(before, secrets, bytes), audit_image(after, secrets, bytes), NULL);
  RETURN NULL;
END $$;
--> statement-breakpoint
-- Enters what waits in the queue, in its order, and takes it out.
CREATE FUNCTION audit_queued() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM audit_append(NEW.kind, NEW.table_name, NEW.row_id, NEW.device_id, NEW.trial_id, NULL, NEW.data, NEW.reason);
  DELETE FROM audit_queue WHERE id = NEW.id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER enters AFTER INSERT ON audit_queue DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_queued();
--> statement-breakpoint
-- A deed that changes no row: a sign-in, a refusal, an export. Only so may the app write to the trail.
CREATE FUNCTION record_deed(of_kind text, of_table text, of_row text, of_device uuid, of_trial uuid, about jsonb, why text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF of_kind IN ('insert', 'update', 'delete', 'baseline', 'began') THEN
    RAISE EXCEPTION 'a deed is not called %: that is what the database itself enters', of_kind USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  INSERT INTO audit_queue (kind, table_name, row_id, device_id, trial_id, data, reason)
  VALUES (of_kind, of_table, of_row, of_device, of_trial, about, why);
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION audit_append(text, text, text, uuid, uuid, jsonb, jsonb, text), record_deed(text, text, text, uuid, uuid, jsonb, text) FROM PUBLIC;
--> statement-breakpoint
-- The first entry names this very database, so that no other chain can stand in for it.
SELECT audit_append('began', NULL, NULL, NULL, NULL, NULL, jsonb_build_object('trail', gen_random_uuid()), NULL);
