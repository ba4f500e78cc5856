-- MDM servers of two kinds, what a check of one found, and the times when nothing could be heard.

-- 1. Kinds -------------------------------------------------------------------------------------------
ALTER TABLE "mdm_servers" ADD COLUMN "storage" text DEFAULT 'unknown' NOT NULL;--> statement-breakpoint
ALTER TABLE "mdm_servers" ADD COLUMN "webhook_token_sha256" text;--> statement-breakpoint
ALTER TABLE "mdm_servers" ADD CONSTRAINT "a_server_is_of_a_known_kind" CHECK (kind in ('nanomdm', 'micromdm'));--> statement-breakpoint
ALTER TABLE "mdm_servers" ADD CONSTRAINT "a_storage_is_a_known_one" CHECK (storage in ('pgsql', 'mysql', 'filekv', 'inmem', 'file', 'unknown'));--> statement-breakpoint
-- An empty key signs nothing, so a webhook without its own secret would be heard by nobody.
ALTER TABLE "mdm_servers" ADD CONSTRAINT "a_webhook_has_a_secret" CHECK (
  (kind = 'nanomdm' and hmac_key <> '' and webhook_token_sha256 is null)
  or (kind = 'micromdm' and webhook_token_sha256 ~ '^[0-9a-f]{64}$'));--> statement-breakpoint
CREATE OR REPLACE FUNCTION keep_server_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.simulated IS DISTINCT FROM OLD.simulated THEN
    RAISE EXCEPTION 'an MDM server is virtual or real for ever' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  -- What was sent through it is settled by the rules of its kind.
  IF NEW.kind IS DISTINCT FROM OLD.kind THEN
    RAISE EXCEPTION 'an MDM server keeps its kind' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint

-- 2. A body is kept once, however often its keeping is tried -------------------------------------------
ALTER TABLE "raw_events" ADD COLUMN "receipt" uuid;--> statement-breakpoint
CREATE UNIQUE INDEX "one_row_per_receipt" ON "raw_events" USING btree ("receipt");--> statement-breakpoint

-- 3. Checks: written once, completed once ---------------------------------------------------------------
CREATE TABLE "server_checks" (
  "id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  "mdm_server_id" uuid NOT NULL REFERENCES "mdm_servers"("id"),
  "at" timestamp with time zone NOT NULL,
  "by_id" text NOT NULL,
  "by_name" text NOT NULL,
  "findings" jsonb NOT NULL,
  "after_event_id" bigint NOT NULL,
  "heard_at" timestamp with time zone,
  "settled_at" timestamp with time zone,
  "simulated" boolean DEFAULT false NOT NULL
);--> statement-breakpoint
CREATE INDEX "server_checks_by_server" ON "server_checks" USING btree ("mdm_server_id", "id" DESC);--> statement-breakpoint
CREATE INDEX "server_checks_open" ON "server_checks" USING btree ("id") WHERE settled_at is null;--> statement-breakpoint
CREATE FUNCTION guard_server_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.settled_at IS NOT NULL OR
     (NEW.id, NEW.mdm_server_id, NEW.at, NEW.by_id, NEW.by_name, NEW.findings, NEW.after_event_id, NEW.simulated) IS DISTINCT FROM
     (OLD.id, OLD.mdm_server_id, OLD.at, OLD.by_id, OLD.by_name, OLD.findings, OLD.after_event_id, OLD.simulated) THEN
    RAISE EXCEPTION 'what a check has found stands' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER stands BEFORE UPDATE ON server_checks FOR EACH ROW EXECUTE FUNCTION guard_server_check();--> statement-breakpoint
CREATE TRIGGER marks_simulated BEFORE INSERT ON server_checks FOR EACH ROW EXECUTE FUNCTION mark_by_server();--> statement-breakpoint

-- 4. Signs of life of the web servers, and the gaps between them ----------------------------------------
CREATE TABLE "web_heartbeats" (
  "process_id" uuid PRIMARY KEY NOT NULL,
  "started_at" timestamp with time zone NOT NULL,
  "beat_at" timestamp with time zone NOT NULL
);--> statement-breakpoint
CREATE TABLE "observation_gaps" (
  "id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  "mdm_server_id" uuid NOT NULL REFERENCES "mdm_servers"("id"),
  "began_at" timestamp with time zone NOT NULL,
  "ended_at" timestamp with time zone,
  "because" text NOT NULL,
  "told_at" timestamp with time zone,
  "recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
  "simulated" boolean DEFAULT false NOT NULL,
  CONSTRAINT "a_gap_ends_after_it_began" CHECK (ended_at is null or ended_at >= began_at),
  CONSTRAINT "an_open_gap_is_not_told" CHECK (told_at is null or ended_at is not null)
);--> statement-breakpoint
CREATE UNIQUE INDEX "one_open_gap_per_server" ON "observation_gaps" USING btree ("mdm_server_id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "observation_gaps_by_server" ON "observation_gaps" USING btree ("mdm_server_id", "began_at" DESC);--> statement-breakpoint
CREATE INDEX "observation_gaps_untold" ON "observation_gaps" USING btree ("id") WHERE told_at is null;--> statement-breakpoint
CREATE FUNCTION guard_observation_gap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.mdm_server_id, NEW.began_at, NEW.because, NEW.recorded_at, NEW.simulated) IS DISTINCT FROM
     (OLD.id, OLD.mdm_server_id, OLD.began_at, OLD.because, OLD.recorded_at, OLD.simulated)
     OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at)
     OR (OLD.told_at IS NOT NULL AND NEW.told_at IS DISTINCT FROM OLD.told_at) THEN
    RAISE EXCEPTION 'an observation gap stands; only its end may be written, once' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER stands BEFORE UPDATE ON observation_gaps FOR EACH ROW EXECUTE FUNCTION guard_observation_gap();--> statement-breakpoint
CREATE TRIGGER marks_simulated BEFORE INSERT ON observation_gaps FOR EACH ROW EXECUTE FUNCTION mark_by_server();--> statement-breakpoint
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['server_checks', 'observation_gaps'] LOOP
    EXECUTE format('CREATE TRIGGER is_never_deleted BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
  END LOOP;
END $$;
--> statement-breakpoint
-- A gap stands in a trial's record once, whoever writes it.
CREATE UNIQUE INDEX "one_event_per_gap_and_trial" ON "trial_events" USING btree ("trial_id", ("data"->>'gapId')) WHERE kind = 'observationGap';
