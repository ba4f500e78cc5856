-- The review of a trial: questions on its fields, approval, lock. What stands here is held against page, script and psql.

CREATE TABLE "review_events" (
  "id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  "trial_id" uuid NOT NULL REFERENCES "trials"("id"),
  "kind" text NOT NULL,
  "field" text,
  "query_id" bigint REFERENCES "review_events"("id"),
  "text" text DEFAULT '' NOT NULL,
  "signature_id" bigint REFERENCES "signatures"("id"),
  "at" timestamp with time zone NOT NULL,
  "by_id" text NOT NULL,
  "by_name" text NOT NULL,
  "by_role" text NOT NULL,
  "simulated" boolean DEFAULT false NOT NULL,
  CONSTRAINT "a_review_event_is_of_a_kind" CHECK (kind in ('queried', 'answered', 'queryClosed', 'approved', 'locked', 'unlocked')),
  CONSTRAINT "a_query_names_its_field" CHECK ((kind = 'queried') = (field is not null)),
  CONSTRAINT "a_field_has_a_path" CHECK (field ~ '^[a-zA-Z]{1,40}(\.[a-zA-Z0-9]{1,40})?$'),
  CONSTRAINT "an_answer_belongs_to_a_query" CHECK ((kind in ('answered', 'queryClosed')) = (query_id is not null)),
  CONSTRAINT "a_query_and_its_answers_have_words" CHECK (kind not in ('queried', 'answered') or length(btrim(text)) >= 3),
  CONSTRAINT "an_unlocking_has_a_reason" CHECK (kind <> 'unlocked' or length(btrim(text)) >= 10),
  CONSTRAINT "a_review_is_signed" CHECK ((kind in ('approved', 'locked', 'unlocked')) = (signature_id is not null)),
  CONSTRAINT "leads_approve_lock_and_unlock" CHECK (kind not in ('approved', 'locked', 'unlocked') or by_role = 'lead')
);--> statement-breakpoint
CREATE INDEX "review_events_by_trial" ON "review_events" USING btree ("trial_id", "id");--> statement-breakpoint
CREATE INDEX "review_events_by_query" ON "review_events" USING btree ("query_id", "id") WHERE query_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "one_review_event_per_signature" ON "review_events" USING btree ("signature_id");--> statement-breakpoint
CREATE UNIQUE INDEX "a_query_is_closed_once" ON "review_events" USING btree ("query_id") WHERE kind = 'queryClosed';--> statement-breakpoint

-- The fold over review_events, kept beside it for the lists, the numbers and the lock itself.
CREATE TABLE "trial_reviews" (
  "trial_id" uuid PRIMARY KEY NOT NULL REFERENCES "trials"("id"),
  "state" text NOT NULL,
  "queries" integer NOT NULL,
  "open_queries" integer NOT NULL,
  "approved_by" text,
  "approved_at" timestamp with time zone,
  "locked_by" text,
  "locked_at" timestamp with time zone,
  CONSTRAINT "a_review_has_a_state" CHECK (state in ('inReview', 'approved', 'locked')),
  CONSTRAINT "a_lock_follows_an_approval" CHECK ((state = 'inReview') = (approved_at is null) and (state = 'locked') = (locked_at is not null)),
  CONSTRAINT "no_approval_over_an_open_query" CHECK (state = 'inReview' or open_queries = 0)
);--> statement-breakpoint
CREATE INDEX "trial_reviews_by_state" ON "trial_reviews" USING btree ("state", "trial_id");--> statement-breakpoint

-- 1. Who had a hand in a trial, by id: the list of lib/domain/review ------------------------------------
CREATE FUNCTION is_author_of(trial uuid, person text) RETURNS boolean STABLE LANGUAGE sql AS $$
  SELECT EXISTS (SELECT FROM trial_events WHERE trial_id = trial AND by_id = person
      AND kind IN ('drafted', 'registered', 'armed', 'released', 'slotReleased', 'concluded', 'withdrawn', 'voided', 'outcomeCorrected'))
    OR EXISTS (SELECT FROM observations WHERE trial_id = trial AND by_id = person)
    OR EXISTS (SELECT FROM outcome_decisions WHERE trial_id = trial AND by_id = person)
$$;
--> statement-breakpoint

-- 2. The transition table of lib/domain/review, the queries, and who may not --------------------------
CREATE FUNCTION guard_query(event review_events) RETURNS void LANGUAGE plpgsql AS $$
DECLARE query review_events%ROWTYPE;
BEGIN
  SELECT * INTO query FROM review_events WHERE id = event.query_id;
  IF query.kind IS DISTINCT FROM 'queried' OR query.trial_id <> event.trial_id THEN
    RAISE EXCEPTION 'what is % is a query of the same trial', event.kind USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF EXISTS (SELECT FROM review_events WHERE query_id = query.id AND kind = 'queryClosed') THEN
    RAISE EXCEPTION 'query % is closed', query.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF event.kind = 'queryClosed' AND length(btrim(event.text)) < 10
     AND NOT EXISTS (SELECT FROM review_events WHERE query_id = query.id AND kind = 'answered') THEN
    RAISE EXCEPTION 'query % has no answer: it is closed with a reason', query.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
END $$;
--> statement-breakpoint
CREATE FUNCTION guard_review() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  trial trials%ROWTYPE;
  review trial_reviews%ROWTYPE;
  was text;
  comes_from text[] := CASE NEW.kind
    WHEN 'locked' THEN ARRAY['approved']
    WHEN 'unlocked' THEN ARRAY['approved', 'locked']
    ELSE ARRAY['inReview'] END;
BEGIN
  -- Locked, so that nothing comes into the record between this look and the deed; whoever writes to it waits here.
  SELECT * INTO trial FROM trials WHERE id = NEW.trial_id FOR UPDATE;
  IF NOT (trial.consumed AND trial.state IN ('concluded', 'withdrawn', 'void')) THEN
    RAISE EXCEPTION 'trial T-% is %: reviewed is what has ended and spent a starting state', trial.number, trial.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  SELECT * INTO review FROM trial_reviews WHERE trial_id = NEW.trial_id;
  was := coalesce(review.state, 'inReview');
  IF NOT (was = ANY (comes_from)) THEN
    RAISE EXCEPTION 'trial T-% is %: it cannot be %', trial.number, was, NEW.kind USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.kind IN ('queried', 'queryClosed', 'approved', 'locked') AND is_author_of(NEW.trial_id, NEW.by_id) THEN
    RAISE EXCEPTION '% had a hand in trial T-%: another person reviews it', NEW.by_name, trial.number USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.kind = 'approved' AND review.open_queries > 0 THEN
    RAISE EXCEPTION 'trial T-% has an open query', trial.number USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.query_id IS NOT NULL THEN PERFORM guard_query(NEW); END IF;
  IF NEW.signature_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM signatures s WHERE s.id = NEW.signature_id AND s.trial_id = NEW.trial_id AND s.by_id = NEW.by_id AND s.by_role = NEW.by_role
      AND s.at = NEW.at AND s.act = CASE NEW.kind WHEN 'approved' THEN 'approve' WHEN 'locked' THEN 'lock' ELSE 'unlock' END
  ) THEN
    RAISE EXCEPTION 'the signature was not given for this' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  NEW.simulated := trial.simulated;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER keeps_to_its_table BEFORE INSERT ON review_events FOR EACH ROW EXECUTE FUNCTION guard_review();
--> statement-breakpoint
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON review_events FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON review_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint

-- 3. The fold is written by its events and by nobody else ---------------------------------------------
CREATE FUNCTION keep_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO trial_reviews AS r (trial_id, state, queries, open_queries, approved_by, approved_at)
  VALUES (NEW.trial_id, CASE NEW.kind WHEN 'approved' THEN 'approved' ELSE 'inReview' END,
    (NEW.kind = 'queried')::int, (NEW.kind = 'queried')::int,
    CASE NEW.kind WHEN 'approved' THEN NEW.by_name END, CASE NEW.kind WHEN 'approved' THEN NEW.at END)
  ON CONFLICT (trial_id) DO UPDATE SET
    state = CASE NEW.kind WHEN 'approved' THEN 'approved' WHEN 'locked' THEN 'locked' WHEN 'unlocked' THEN 'inReview' ELSE r.state END,
    queries = r.queries + (NEW.kind = 'queried')::int,
    open_queries = r.open_queries + (NEW.kind = 'queried')::int - (NEW.kind = 'queryClosed')::int,
    approved_by = CASE NEW.kind WHEN 'approved' THEN NEW.by_name WHEN 'unlocked' THEN NULL ELSE r.approved_by END,
    approved_at = CASE NEW.kind WHEN 'approved' THEN NEW.at WHEN 'unlocked' THEN NULL ELSE r.approved_at END,
    locked_by = CASE NEW.kind WHEN 'locked' THEN NEW.by_name WHEN 'unlocked' THEN NULL ELSE r.locked_by END,
    locked_at = CASE NEW.kind WHEN 'locked' THEN NEW.at WHEN 'unlocked' THEN NULL ELSE r.locked_at END;
  PERFORM pg_notify('oneway', json_build_object('about', 'trial', 'trialId', NEW.trial_id)::text);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER keeps_the_fold AFTER INSERT ON review_events FOR EACH ROW EXECUTE FUNCTION keep_review();
--> statement-breakpoint
CREATE FUNCTION only_by_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP IN ('DELETE', 'TRUNCATE') OR pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'a row of % is the fold over review_events and is written by them only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER comes_of_its_events BEFORE INSERT OR UPDATE OR DELETE ON trial_reviews FOR EACH ROW EXECUTE FUNCTION only_by_review();
--> statement-breakpoint
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON trial_reviews FOR EACH STATEMENT EXECUTE FUNCTION only_by_review();
--> statement-breakpoint

-- 4. What is approved or locked takes no writes -------------------------------------------------------
-- Volatile and after the row lock, so that it sees a lock that was being written while it waited.
CREATE FUNCTION refuse_if_sealed(trial uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE named int; sealed text;
BEGIN
  SELECT number INTO named FROM trials WHERE id = trial FOR KEY SHARE;
  SELECT state INTO sealed FROM trial_reviews WHERE trial_id = trial AND state <> 'inReview';
  IF sealed IS NOT NULL THEN
    RAISE EXCEPTION 'trial T-% is %: nothing is written to its record', named, sealed
      USING ERRCODE = 'integrity_constraint_violation', HINT = 'a lead unlocks it with a reason; what the device still says is kept beside the record';
  END IF;
END $$;
--> statement-breakpoint
CREATE FUNCTION guard_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.trial_id IS NOT NULL THEN PERFORM refuse_if_sealed(OLD.trial_id); END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  IF NEW.trial_id IS NOT NULL THEN PERFORM refuse_if_sealed(NEW.trial_id); END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE FUNCTION guard_sealed_trial() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse_if_sealed(OLD.id);
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
--> statement-breakpoint
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['trial_events', 'observations', 'outcome_decisions', 'verdicts'] LOOP
    EXECUTE format('CREATE TRIGGER is_sealed BEFORE INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION guard_sealed()', name);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE TRIGGER is_sealed BEFORE UPDATE OR DELETE ON trials FOR EACH ROW EXECUTE FUNCTION guard_sealed_trial();
--> statement-breakpoint
-- A command of a sealed trial may still be answered: only a new one would be a new entry of its record.
CREATE TRIGGER is_sealed BEFORE INSERT ON commands FOR EACH ROW EXECUTE FUNCTION guard_sealed();
--> statement-breakpoint
-- Signing is how it is sealed and unsealed; and a device must not wait for ever for an answer because its trial is locked.
CREATE TRIGGER is_sealed BEFORE INSERT ON signatures FOR EACH ROW
  WHEN (NEW.act NOT IN ('lock', 'unlock', 'withdrawCommand')) EXECUTE FUNCTION guard_sealed();
--> statement-breakpoint

-- 5. After its end a trial is corrected, never added to ------------------------------------------------
CREATE FUNCTION guard_observation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE trial trials%ROWTYPE;
BEGIN
  SELECT * INTO trial FROM trials WHERE id = NEW.trial_id FOR KEY SHARE;
  IF NEW.corrects_id IS NOT NULL THEN
    IF NOT EXISTS (SELECT FROM observations WHERE id = NEW.corrects_id AND trial_id = NEW.trial_id) THEN
      RAISE EXCEPTION 'observation % is not of trial T-%', NEW.corrects_id, trial.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF length(btrim(coalesce(NEW.reason, ''))) < 10 THEN
      RAISE EXCEPTION 'a correction has a reason of ten characters or more' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  IF trial.state IN ('armed', 'released', 'observing') THEN RETURN NEW; END IF;
  IF NEW.corrects_id IS NULL OR NOT (trial.consumed AND trial.state IN ('concluded', 'withdrawn', 'void')) THEN
    RAISE EXCEPTION 'trial T-% is %: only an observation that stands there can be corrected, with a reason', trial.number, trial.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER keeps_to_its_time BEFORE INSERT ON observations FOR EACH ROW EXECUTE FUNCTION guard_observation();
--> statement-breakpoint
-- The one thing of a concluded trial that may still move: its outcome, while an open query asks for it.
DROP TRIGGER keeps_to_its_table ON trials;
--> statement-breakpoint
CREATE TRIGGER keeps_to_its_table BEFORE UPDATE ON trials FOR EACH ROW
  WHEN (NOT (OLD.state = 'concluded' AND NEW.outcome IS DISTINCT FROM OLD.outcome)) EXECUTE FUNCTION guard_trial();
--> statement-breakpoint
CREATE FUNCTION guard_corrected_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - ARRAY['outcome', 'outcome_reason', 'overruled'] IS DISTINCT FROM to_jsonb(OLD) - ARRAY['outcome', 'outcome_reason', 'overruled']
     OR NEW.outcome IS NULL OR length(btrim(coalesce(NEW.outcome_reason, ''))) < 10 THEN
    RAISE EXCEPTION 'trial T-% is concluded: only its outcome can be corrected, with a reason', OLD.number USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (
    SELECT FROM review_events q WHERE q.trial_id = OLD.id AND q.kind = 'queried' AND q.field IN ('outcome', 'outcomeReason')
      AND NOT EXISTS (SELECT FROM review_events c WHERE c.query_id = q.id AND c.kind = 'queryClosed')
  ) THEN
    RAISE EXCEPTION 'trial T-% is concluded: its outcome is corrected when a query of the review asks for it', OLD.number USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER keeps_to_what_is_asked BEFORE UPDATE ON trials FOR EACH ROW
  WHEN (OLD.state = 'concluded' AND NEW.outcome IS DISTINCT FROM OLD.outcome) EXECUTE FUNCTION guard_corrected_outcome();
--> statement-breakpoint

-- 6. The two columns of the export that waited for this, and who decided the outcome last. The rest of the view is taken as it stands ----
DO $$
DECLARE was text := pg_get_viewdef('trial_export'::regclass); mine text := was;
BEGIN
  mine := replace(mine, 'NULL::text AS reviewed_by', '(SELECT csv_safe(r.approved_by) FROM trial_reviews r WHERE r.trial_id = t.id) AS reviewed_by');
  mine := replace(mine, 'NULL::text AS locked_at', '(SELECT csv_time(r.locked_at) FROM trial_reviews r WHERE r.trial_id = t.id) AS locked_at');
  mine := replace(mine, 'csv_safe(t.concluded_by)',
    'csv_safe(COALESCE((SELECT o.by_name FROM outcome_decisions o WHERE o.trial_id = t.id ORDER BY o.id DESC LIMIT 1), t.concluded_by))');
  IF mine NOT LIKE '%approved_by%' OR mine NOT LIKE '%locked_at)%' OR mine NOT LIKE '%o.by_name%' THEN
    RAISE EXCEPTION 'trial_export has not the columns this fills';
  END IF;
  EXECUTE 'CREATE OR REPLACE VIEW trial_export AS ' || mine;
END $$;
