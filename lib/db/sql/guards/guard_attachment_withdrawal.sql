-- A withdrawal names an attachment of the trial it is entered in
create or replace function guard_attachment_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM attachments WHERE id = NEW.attachment_id AND trial_id = NEW.trial_id) THEN
    RAISE EXCEPTION 'attachment % is not of this trial', NEW.attachment_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger belongs_to_its_trial before insert on attachment_withdrawals
  for each row execute function guard_attachment_withdrawal();
