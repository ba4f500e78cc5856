-- Proofs of who it is, given once more at the act, and the signatures that use them up.
CREATE TABLE "proofs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"by_id" text NOT NULL,
	"method" text NOT NULL,
	"act" text NOT NULL,
	"subject_id" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "a_proof_is_by_password_or_passkey" CHECK (method IN ('password', 'passkey'))
);
--> statement-breakpoint
CREATE TABLE "signatures" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY NOT NULL,
	"trial_id" uuid NOT NULL REFERENCES "trials"("id"),
	"act" text NOT NULL,
	"meaning" text NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"by_role" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"method" text NOT NULL,
	"proof_id" uuid NOT NULL REFERENCES "proofs"("id"),
	"slot_ordinal" integer,
	"verdict_id" bigint REFERENCES "verdicts"("id"),
	"verdict_hash" text,
	"command_uuid" uuid,
	"reason" text DEFAULT '' NOT NULL,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"record" text NOT NULL,
	"record_sha256" text NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	-- The pairs of lib/domain/signature.
	CONSTRAINT "an_act_has_its_meaning" CHECK ((act, meaning) IN (
		('release', 'release'), ('counterSign', 'release'),
		('waive', 'responsibility'), ('overrule', 'responsibility'), ('withdrawCommand', 'responsibility'),
		('voidTrial', 'responsibility'), ('unlock', 'responsibility'),
		('author', 'authorship'), ('review', 'review'), ('approve', 'approval'), ('lock', 'approval')
	)),
	CONSTRAINT "a_release_is_signed_for_a_slot_and_a_verdict" CHECK (act not in ('release', 'counterSign') or (slot_ordinal is not null and verdict_id is not null and verdict_hash is not null)),
	CONSTRAINT "responsibility_is_taken_with_a_reason" CHECK (act NOT IN ('waive', 'overrule', 'withdrawCommand', 'unlock') OR length(btrim(reason)) >= 10),
	CONSTRAINT "a_signature_is_by_somebody" CHECK (by_role <> 'system' AND btrim(by_name) <> '')
);
--> statement-breakpoint
CREATE UNIQUE INDEX "one_signature_per_proof" ON "signatures" USING btree ("proof_id");--> statement-breakpoint
CREATE INDEX "signatures_by_trial" ON "signatures" USING btree ("trial_id", "id");--> statement-breakpoint

-- A proof begins unused and is used once, by the signature it was given for: this is only ever written from within
-- the trigger of the table signatures.
CREATE FUNCTION guard_proof() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.used_at IS NOT NULL THEN
      RAISE EXCEPTION 'a proof begins unused' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.by_id, NEW.method, NEW.act, NEW.subject_id, NEW.at) IS DISTINCT FROM
     (OLD.id, OLD.by_id, OLD.method, OLD.act, OLD.subject_id, OLD.at)
     OR OLD.used_at IS NOT NULL OR pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'a proof never changes; a signature uses it, once' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER is_used_once BEFORE INSERT OR UPDATE ON proofs FOR EACH ROW EXECUTE FUNCTION guard_proof();--> statement-breakpoint

-- No signature without a proof of its signer for this very act and trial, unused and not older than two minutes
-- (proofSeconds of lib/domain/signature).
CREATE FUNCTION use_proof() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE proof proofs%ROWTYPE;
BEGIN
  SELECT * INTO proof FROM proofs WHERE id = NEW.proof_id FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'a signature needs a proof of who signs' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF proof.by_id <> NEW.by_id OR proof.method <> NEW.method THEN
    RAISE EXCEPTION 'the proof is of another person or made in another way' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  -- What the transaction says of who acts (lib/db/transact) must not be another person.
  IF coalesce(current_setting('oneway.actor', true), '') <> '' AND current_setting('oneway.actor', true)::jsonb ->> 'id' <> NEW.by_id THEN
    RAISE EXCEPTION 'nobody signs for another person' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF proof.act <> NEW.act OR proof.subject_id <> NEW.trial_id::text THEN
    RAISE EXCEPTION 'the proof was given for something else' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF proof.used_at IS NOT NULL THEN
    RAISE EXCEPTION 'the proof has signed already' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.at < proof.at OR NEW.at > proof.at + interval '120 seconds' THEN
    RAISE EXCEPTION 'the proof is older than two minutes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.record_sha256 <> encode(sha256(convert_to(NEW.record, 'UTF8')), 'hex') THEN
    RAISE EXCEPTION 'the hash is not that of the record' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.verdict_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM verdicts v WHERE v.id = NEW.verdict_id AND v.trial_id = NEW.trial_id AND v.hash = coalesce(NEW.verdict_hash, v.hash)
  ) THEN
    RAISE EXCEPTION 'the verdict is not of this trial or has another hash' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  UPDATE proofs SET used_at = NEW.at WHERE id = proof.id;
  SELECT simulated INTO NEW.simulated FROM trials WHERE id = NEW.trial_id;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER uses_a_proof BEFORE INSERT ON signatures FOR EACH ROW EXECUTE FUNCTION use_proof();--> statement-breakpoint
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON signatures FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON signatures FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER is_never_deleted BEFORE DELETE ON proofs FOR EACH ROW EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON proofs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER tells AFTER INSERT ON signatures FOR EACH ROW EXECUTE FUNCTION tell_trial();
