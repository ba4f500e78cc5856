create or replace function guard_share_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.number, NEW.title, NEW.frozen_report_id, NEW.trial_id, NEW.simulated, NEW.token_sha256, NEW.content_sha256,
      NEW.texts_chosen, NEW.texts_in_all, NEW.made_at, NEW.made_by_id, NEW.made_by_name, NEW.expires_at) IS DISTINCT FROM
     (OLD.id, OLD.number, OLD.title, OLD.frozen_report_id, OLD.trial_id, OLD.simulated, OLD.token_sha256, OLD.content_sha256,
      OLD.texts_chosen, OLD.texts_in_all, OLD.made_at, OLD.made_by_id, OLD.made_by_name, OLD.expires_at) THEN
    RAISE EXCEPTION 'what a share link shows stands; make another one' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.revoked_at IS NOT NULL THEN
    RAISE EXCEPTION 'a revoked share link stays revoked' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger stands before update on share_links for each row execute function guard_share_link();
