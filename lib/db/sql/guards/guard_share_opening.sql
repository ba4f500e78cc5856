-- The lock lets a revocation end first, or wait: no opening follows it.
create or replace function guard_share_opening() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  link share_links%ROWTYPE;
BEGIN
  SELECT * INTO link FROM share_links WHERE id = NEW.link_id FOR SHARE;
  IF link.revoked_at IS NOT NULL OR NEW.opened_at >= link.expires_at OR NEW.opened_at < link.made_at THEN
    RAISE EXCEPTION 'a share link that is revoked or expired is not opened' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger only_while_open before insert on share_openings for each row execute function guard_share_opening();
