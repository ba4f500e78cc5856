-- A command is released by a signature, where required by two, and a lab rule is waived by one.
ALTER TABLE "commands" ADD COLUMN "signature_id" bigint REFERENCES "signatures"("id");--> statement-breakpoint
ALTER TABLE "commands" ADD COLUMN "counter_signature_id" bigint REFERENCES "signatures"("id");--> statement-breakpoint
ALTER TABLE "commands" ADD COLUMN "needs_two_people" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "commands" ADD CONSTRAINT "two_people_release_where_it_is_required" CHECK (not needs_two_people or counter_signature_id is not null);--> statement-breakpoint
CREATE UNIQUE INDEX "one_command_per_release" ON "commands" USING btree ("signature_id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_command_per_counter_signature" ON "commands" USING btree ("counter_signature_id");--> statement-breakpoint
CREATE TABLE "waivers" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY NOT NULL,
	"trial_id" uuid NOT NULL REFERENCES "trials"("id"),
	"rule_id" text NOT NULL,
	"reason" text NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"signature_id" bigint NOT NULL REFERENCES "signatures"("id"),
	"simulated" boolean DEFAULT false NOT NULL,
	-- The rules that are this lab's own policy and nobody else's; the same list stands in lib/domain/rules.
	CONSTRAINT "only_lab_policy_is_waived" CHECK (rule_id IN ('Q5', 'Q12', 'Q13')),
	CONSTRAINT "a_waiver_has_a_reason" CHECK (length(btrim(reason)) >= 10)
);
--> statement-breakpoint
CREATE UNIQUE INDEX "one_waiver_per_rule_of_a_trial" ON "waivers" USING btree ("trial_id", "rule_id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_waiver_per_signature" ON "waivers" USING btree ("signature_id");--> statement-breakpoint
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON waivers FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON waivers FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER marks_simulated BEFORE INSERT ON waivers FOR EACH ROW EXECUTE FUNCTION mark_by_trial();--> statement-breakpoint
CREATE TRIGGER tells AFTER INSERT ON waivers FOR EACH ROW EXECUTE FUNCTION tell_trial();--> statement-breakpoint

CREATE FUNCTION guard_waiver() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE trial trials%ROWTYPE;
BEGIN
  SELECT * INTO trial FROM trials WHERE id = NEW.trial_id;
  IF trial.state NOT IN ('registered', 'armed', 'observing') THEN
    RAISE EXCEPTION 'trial T-% is %: a rule is waived before a release', trial.number, trial.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (
    SELECT FROM signatures s WHERE s.id = NEW.signature_id AND s.act = 'waive' AND s.trial_id = NEW.trial_id
      AND s.by_id = NEW.by_id AND s.details ->> 'ruleId' = NEW.rule_id AND s.reason = NEW.reason
  ) THEN
    RAISE EXCEPTION 'a waiver is signed by whoever gives it, for that rule and reason' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER is_signed BEFORE INSERT ON waivers FOR EACH ROW EXECUTE FUNCTION guard_waiver();--> statement-breakpoint

-- An intervention becomes reserved by a signature of its releaser for this trial, slot, command and verdict, made for
-- this release; where two people are required, by a counter-signature of another person for the same; and never by
-- the person who waived a rule of it.
CREATE FUNCTION guard_release() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  released signatures%ROWTYPE;
  countersigned signatures%ROWTYPE;
  last_signature bigint := 0;
  two boolean;
BEGIN
  IF NEW.purpose <> 'intervention' THEN
    IF NEW.signature_id IS NOT NULL OR NEW.counter_signature_id IS NOT NULL THEN
      RAISE EXCEPTION 'a question to a device is not released' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' AND NOT (NEW.state = 'reserved' AND OLD.state <> 'reserved') THEN
    IF (NEW.signature_id, NEW.counter_signature_id, NEW.needs_two_people, NEW.reserved_by_id, NEW.verdict_hash) IS DISTINCT FROM
       (OLD.signature_id, OLD.counter_signature_id, OLD.needs_two_people, OLD.reserved_by_id, OLD.verdict_hash) THEN
      RAISE EXCEPTION 'who released command % never changes', OLD.command_uuid USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' THEN last_signature := coalesce(OLD.signature_id, 0); END IF;
  SELECT * INTO released FROM signatures WHERE id = NEW.signature_id;
  IF NOT FOUND OR released.id <= last_signature
     OR (released.act, released.trial_id, released.slot_ordinal, released.command_uuid, released.verdict_hash, released.by_id)
        IS DISTINCT FROM ('release'::text, NEW.trial_id, NEW.slot_ordinal, NEW.command_uuid, NEW.verdict_hash, NEW.reserved_by_id) THEN
    RAISE EXCEPTION 'a command is released by a signature made for this release' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF EXISTS (SELECT FROM waivers w WHERE w.trial_id = NEW.trial_id AND w.by_id = released.by_id) THEN
    RAISE EXCEPTION 'who waived a rule of a trial does not release it' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  SELECT NEW.needs_two_people OR coalesce((v.plan ->> 'twoPersonRelease')::boolean, false)
      OR EXISTS (SELECT FROM lab_settings WHERE name = 'twoPersonRelease' AND value = '"always"'::jsonb)
    INTO two
    FROM trials t JOIN protocol_versions v ON v.id = t.protocol_version_id WHERE t.id = NEW.trial_id;
  IF NEW.counter_signature_id IS NULL THEN
    IF two THEN
      RAISE EXCEPTION 'this release needs the counter-signature of a second person' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  SELECT * INTO countersigned FROM signatures WHERE id = NEW.counter_signature_id;
  IF NOT FOUND OR countersigned.id <= last_signature OR countersigned.by_id = released.by_id
     OR (countersigned.act, countersigned.trial_id, countersigned.slot_ordinal, countersigned.verdict_hash)
        IS DISTINCT FROM ('counterSign'::text, NEW.trial_id, NEW.slot_ordinal, NEW.verdict_hash) THEN
    RAISE EXCEPTION 'a counter-signature is another person''s, for the same command and verdict' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER is_signed BEFORE INSERT OR UPDATE ON commands FOR EACH ROW EXECUTE FUNCTION guard_release();
--> statement-breakpoint

-- What the last check of a signature found: a cache of lib/services/sign, never evidence; it is checked anew at will.
CREATE TABLE "signature_checks" (
	"signature_id" bigint PRIMARY KEY NOT NULL REFERENCES "signatures"("id"),
	"checked_at" timestamp with time zone NOT NULL,
	"differences" text[] NOT NULL
);
--> statement-breakpoint
-- The columns of the export; the rest of the view is taken as it stands.
DO $$
DECLARE was text := rtrim(pg_get_viewdef('trial_export'::regclass), '; '); mine text;
BEGIN
  mine := replace(was, 'NULL::text AS waivers',
    '(SELECT csv_safe(string_agg(w.rule_id || '' by '' || w.by_name || '': '' || w.reason, ''; '' ORDER BY w.id)) FROM waivers w WHERE w.trial_id = t.id) AS waivers');
  IF mine = was THEN RAISE EXCEPTION 'trial_export has not the column this fills'; END IF;
  EXECUTE 'CREATE OR REPLACE VIEW trial_export AS SELECT e.*, s.signatures, s.broken_signatures, s.signatures_checked_at FROM (' || mine || ') e
    CROSS JOIN LATERAL (
      SELECT
        csv_safe(string_agg(g.act || '' by '' || g.by_name || '' ('' || g.by_role || '') at '' || csv_time(g.at) || '' by '' || g.method
          || '', meaning '' || g.meaning || '', sha256 '' || g.record_sha256, ''; '' ORDER BY g.id)) AS signatures,
        CASE WHEN count(*) = 0 THEN ''NA'' WHEN bool_and(c.signature_id IS NOT NULL)
          THEN count(*) FILTER (WHERE c.differences <> ''{}'')::text END AS broken_signatures,
        CASE WHEN count(*) = 0 THEN ''NA'' WHEN bool_and(c.signature_id IS NOT NULL)
          THEN csv_time(min(c.checked_at)) END AS signatures_checked_at
      FROM signatures g LEFT JOIN signature_checks c ON c.signature_id = g.id
      WHERE g.trial_id = e.trial
    ) s';
END $$;
