-- No signature without a proof of its signer for this act and trial, unused and not older than two minutes
-- (proofSeconds of lib/domain/signature/signature).
create or replace function use_proof() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE proof proofs%ROWTYPE;
BEGIN
  SELECT * INTO proof FROM proofs WHERE id = NEW.proof_id FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'a signature needs proof of who signs' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF proof.by_id <> NEW.by_id OR proof.method <> NEW.method THEN
    RAISE EXCEPTION 'the proof is of another person or made in another way' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  -- The actor of the transaction (lib/db/transact) must be the signer.
  IF coalesce(current_setting('oneway.actor', true), '') <> '' AND current_setting('oneway.actor', true)::jsonb ->> 'id' <> NEW.by_id THEN
    RAISE EXCEPTION 'nobody signs for another person' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF proof.act <> NEW.act OR proof.subject_id <> NEW.trial_id::text THEN
    RAISE EXCEPTION 'the proof was given for something else' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF proof.used_at IS NOT NULL THEN
    RAISE EXCEPTION 'the proof has signed already' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.at < proof.at OR NEW.at > proof.at + interval '{{proof_seconds}} seconds' THEN
    RAISE EXCEPTION 'the proof is older than % seconds', {{proof_seconds}} USING ERRCODE = 'integrity_constraint_violation';
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

create or replace trigger uses_a_proof before insert on signatures for each row execute function use_proof();
