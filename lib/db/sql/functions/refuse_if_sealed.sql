-- Refuses writes to a trial that is approved or locked. Volatile, and called after the row lock, so that it sees
-- a review lock that was written while it waited.
create or replace function refuse_if_sealed(trial uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE named int; sealed text;
BEGIN
  SELECT number INTO named FROM trials WHERE id = trial FOR KEY SHARE;
  SELECT state INTO sealed FROM trial_reviews WHERE trial_id = trial AND state <> 'inReview';
  IF sealed IS NOT NULL THEN
    RAISE EXCEPTION 'trial T-% is %: nothing is written to its record', named, sealed
      USING ERRCODE = 'integrity_constraint_violation', HINT = 'a lead unlocks it with a reason; what the device still says is kept beside the record';
  END IF;
END $$;
